import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../scenarios/schema/parse-scenario.ts';
import { concealPlan, revealPlan } from './plan-secrets.ts';

const env = { TOKEN: 'hush-hush-7', USER_NAME: 'shop' };
const text = `name: secret
workload: { operations: { read: { weight: 1 } } }
load: { model: open, rate: 10/s, duration: 1s }
targets:
  own:
    protocol: rest
    address: http://127.0.0.1:1/
    requests: { read: { method: GET, path: /x, headers: { authorization: 'Bearer \${TOKEN}' } } }
`;

function read(source = text) {
  const reading = parseScenario(source, { path: 'secret.yaml', env });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading;
}

describe('concealPlan', () => {
  it('sends the names of values, and an agent puts its own in', () => {
    const { scenario, redactRecord } = read();
    const plan = { target: scenario.targets.own, endUs: Number.POSITIVE_INFINITY, cells: new Uint8Array([1, 2]) };
    const concealed = concealPlan(plan, redactRecord, env);
    expect(concealed.variables).toEqual(['TOKEN']);
    expect(JSON.stringify(concealed)).not.toContain(env.TOKEN);
    expect(revealPlan(concealed.plan, concealed.variables, env)).toEqual(plan);
    const theirs = JSON.stringify(revealPlan(concealed.plan, concealed.variables, { TOKEN: 'another' }));
    expect(theirs).toContain('Bearer another');
  });

  it('refuses an agent whose environment lacks one, by name', () => {
    expect(() => revealPlan({}, ['TOKEN', 'HERE'], { HERE: 'x' })).toThrow(/no value of TOKEN in its environment/);
  });

  it('sends nothing of a value that stands in the plan in another form', () => {
    const { redactRecord } = read();
    const plan = { header: `Basic ${Buffer.from('user:hush-hush-7').toString('base64')}` };
    expect(() => concealPlan(plan, redactRecord, env)).toThrow(/in another form/);
  });

  it('leaves text alone that only looks like a name', () => {
    const { redactRecord } = read();
    const plan = { body: `\${TOKEN} is how it is written` };
    expect(concealPlan(plan, redactRecord, env)).toEqual({ plan, variables: [] });
  });
});
