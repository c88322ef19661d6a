import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseScenario } from './parse-scenario.ts';
import { formatProblem } from './problem.ts';

const variable = (name: string) => `\${${name}}`;

const text = `# kept
name: secrets
workload: { operations: { placeOrder: { payload: order } }, payloads: { order: { size: "${variable('SIZE')}" } } }
load: { model: open, rate: "${variable('RATE')}", threads: 1, maxInFlight: "${variable('MANY')}" }
targets:
  shop:
    protocol: rest
    address: "http://${variable('HOST')}:8080"
    requests:
      placeOrder:
        method: POST
        path: "/{{id}}?cost=$${variable('RATE')}"
        headers: { authorization: "Bearer ${variable('TOKEN')}", x-all: "${variable('TOKEN')}${variable('HOST')}" }
  rpc:
    protocol: grpc
    address: 127.0.0.1:1
    reflection: true
    requests: { placeOrder: { method: a.B/C, message: { pin: "${variable('PIN')}" } } }
thresholds: [ "shop p99 < ${variable('LIMIT')}" ]
`;

const env = {
  SIZE: '1KiB',
  RATE: '50/s',
  MANY: '77',
  HOST: '127.0.0.1',
  TOKEN: 's3cr"t/+ä',
  PIN: '90210',
  LIMIT: '250ms',
};

function parsed(given: Record<string, string> = env, source = text) {
  const reading = parseScenario(source, { path: 's.yaml', env: given });
  if (!reading.ok) throw new Error(reading.problems.map(formatProblem).join('\n'));
  return reading;
}

function problemsOf(source: string, given: Record<string, string>): string[] {
  const reading = parseScenario(source, { path: 's.yaml', env: given });
  return reading.ok ? [] : reading.problems.map(formatProblem);
}

describe('values of the environment', () => {
  it('take their place in the scenario, numbers as numbers', () => {
    const { scenario } = parsed();
    expect(scenario.load).toMatchObject({ ratePerSecond: 50, maxInFlight: 77 });
    expect(scenario.workload.payloads.order).toMatchObject({ sizeBytes: 1_024 });
    expect(scenario.thresholds[0]).toMatchObject({ value: 250_000 });
    expect(scenario.targets.shop).toMatchObject({
      address: 'http://127.0.0.1:8080',
      requests: {
        placeOrder: { path: `/{{id}}?cost=${variable('RATE')}`, headers: { authorization: 'Bearer s3cr"t/+ä' } },
      },
    });
    expect(scenario.targets.rpc).toMatchObject({ requests: { placeOrder: { message: { pin: '90210' } } } });
  });

  it('are not in the plan that is stored', () => {
    const { scenario, redactPlan } = parsed();
    const plan = redactPlan(scenario);
    expect(plan.targets.shop).toMatchObject({
      address: `http://${variable('HOST')}:8080`,
      requests: {
        placeOrder: {
          headers: { authorization: `Bearer ${variable('TOKEN')}`, 'x-all': variable('TOKEN') + variable('HOST') },
        },
      },
    });
    expect(plan.targets.rpc).toMatchObject({ requests: { placeOrder: { message: { pin: variable('PIN') } } } });
    expect(plan.thresholds[0]?.expression).toBe(`shop p99 < ${variable('LIMIT')}`);
    const stored = JSON.stringify(plan);
    for (const secret of ['s3cr', '90210', '250ms']) expect(stored).not.toContain(secret);
    // What is a setting shows as the setting it is, and other words stay.
    expect(plan.load).toEqual(scenario.load);
    expect(plan.targets.shop?.protocol).toBe('rest');
    expect(scenario.targets.shop?.address).toBe('http://127.0.0.1:8080');
  });

  it('are not in the text that is stored, which can be run again', () => {
    const { text: stored, scenario } = parsed();
    for (const secret of ['s3cr', '90210', '250ms', '127.0.0.1:8080']) expect(stored).not.toContain(secret);
    expect(stored).toContain('# kept');
    expect(parsed(env, stored).scenario).toEqual(scenario);
  });

  it('are taken out of any text, in the forms in which they come back', () => {
    const { redact } = parsed();
    const token = env.TOKEN;
    const forms = [token, encodeURIComponent(token), JSON.stringify(token), Buffer.from(token).toString('base64')];
    for (const form of forms) {
      expect(redact(`sent ${form} twice: ${form}`)).not.toContain(form);
      expect(redact(`sent ${form}`)).toContain(variable('TOKEN'));
    }
    expect(redact('rate 50/s, 1KiB, 77')).toBe('rate 50/s, 1KiB, 77');
  });

  it('are found within a longer text in base64, wherever they stand in it', () => {
    const { redact } = parsed();
    for (const user of ['', 'u', 'us', 'usr']) {
      const encoded = Buffer.from(`${user}:${env.TOKEN}!`).toString('base64');
      expect(redact(encoded)).toContain(variable('TOKEN'));
    }
  });

  it('are in no string and no quoting key of a record, but what the scenario spells out stays', () => {
    const source = text.replace('name: secrets', `name: secrets\nquestion: "${variable('WORD')} ${variable('AB')}"`);
    const { redactRecord } = parsed({ ...env, WORD: 'shop', AB: 'ab' }, source);
    const record = { target: 'shop', ab: 'ab', errors: { [`said ${env.TOKEN}`]: 2 }, list: [env.TOKEN, 3, null] };
    expect(redactRecord(record)).toEqual({
      target: 'shop',
      ab: 'ab',
      errors: { [`said ${variable('TOKEN')}`]: 2 },
      list: [variable('TOKEN'), 3, null],
    });
  });

  it('name no variant of a sweep', () => {
    const swept = `${text}sweep: { targets: [ shop ], list: [ { requests.placeOrder.headers.authorization: "Basic ${variable('TOKEN')}" } ] }\n`;
    const { scenario, variants } = parsed(env, swept);
    const assignment = { 'requests.placeOrder.headers.authorization': `Basic ${variable('TOKEN')}` };
    expect(scenario.sweep).toEqual({ shop: [assignment] });
    expect([...variants.keys()].join()).not.toContain('s3cr');
    expect(JSON.stringify([...variants.values()])).toContain('Basic s3cr');
  });

  it('show the longer one where one holds another', () => {
    const source = text.replace(`"${variable('TOKEN')}${variable('HOST')}"`, `"${variable('LONG')}"`);
    const { redact } = parsed({ ...env, TOKEN: 'abcd', LONG: 'xabcdx' }, source);
    expect(redact('abcd xabcdx')).toBe(`${variable('TOKEN')} ${variable('LONG')}`);
  });

  it('do not change what a scenario is: no keys, no lists', () => {
    expect(problemsOf(text, { ...env, RATE: '1/s, arrivals: constant' })).toEqual([
      expect.stringMatching(/^s\.yaml:4:28: load\.rate: /),
    ]);
  });

  it.each([
    ['text where a list belongs', 'name: secrets', `name: secrets\nallowHosts: ${variable('X')}`, 'hunter2'],
    ['a wrong unit', variable('RATE'), variable('X'), '12hunter2'],
    ['a wrong word', 'protocol: grpc', `protocol: ${variable('X')}`, 'hunter2'],
    ['a wrong number', 'threads: 1', `threads: "${variable('X')}"`, '4444'],
    ['a host that is not allowed', variable('HOST'), variable('X'), 'hunter2.example'],
    ['a wrong method', 'method: POST', `method: ${variable('X')}`, 'hunter2 "quoted" x'],
    ['a wrong threshold', 'shop p99', `${variable('X')} p99`, 'hunter2'],
    ['a wrong metric', 'shop p99', `shop ${variable('X')}`, 'hunter2'],
    ['a very long value', 'method: POST', `method: ${variable('X')}`, `hunter2${'x'.repeat(200)}`],
  ])('are not in messages: %s', (_, from, to, secret) => {
    const problems = problemsOf(text.replace(from, to), { ...env, X: secret });
    expect(problems.length).toBeGreaterThan(0);
    for (const part of [secret, 'hunter2', 'quoted', '4444', 'xxxx']) expect(problems.join('\n')).not.toContain(part);
  });

  it('are numbers or text as the definition wants them, quoted or not', () => {
    const source = `name: a
workload: { operations: { ping: { weight: "${variable('N')}" } } }
load: { model: open, rate: 1/s, threads: "${variable('N')}" }
targets:
  t:
    protocol: rest
    connections: ${variable('N')}
    address: http://127.0.0.1
    requests: { ping: { method: POST, path: /, body: "${variable('N')}", headers: { n: "${variable('N')}" } } }
  g:
    protocol: grpc
    connections: 9
    address: 127.0.0.1:1
    reflection: "${variable('YES')}"
    requests:
      ping:
        method: a.B/C
        message:
          plain: ${variable('N')}
`;
    const { scenario, redactPlan } = parsed({ N: '7', YES: 'true' }, source);
    expect(scenario).toMatchObject({
      workload: { operations: { ping: { weight: 7 } } },
      load: { threads: 7 },
      targets: {
        t: { connections: 7, requests: { ping: { body: '7', headers: { n: '7' } } } },
        g: { reflection: true, requests: { ping: { message: { plain: 7 } } } },
      },
    });
    expect(redactPlan(scenario).targets.g).toMatchObject({ requests: { ping: { message: { plain: variable('N') } } } });
  });

  it('need quotes within braces, as everything with a brace does', () => {
    expect(problemsOf(text.replace(`"${variable('RATE')}"`, variable('RATE')), env)).toEqual([
      `s.yaml:4:29: within { } and [ ] a value of the environment needs quotes (write "${variable('NAME')}")`,
    ]);
  });

  it('may have a default, as in a shell: it stands in the scenario and is no secret', () => {
    const source = text
      .replace(variable('MANY'), variable('MANY:-12'))
      .replace(`Bearer ${variable('TOKEN')}`, `Bearer ${variable('TOKEN:-none')}`)
      .replace(`${variable('TOKEN')}${variable('HOST')}`, 'x');
    const { TOKEN, MANY, ...others } = env;
    expect([TOKEN, MANY]).not.toContain(undefined);
    for (const given of [others, { ...others, TOKEN: '', MANY: '' }]) {
      const { scenario, redact, text: stored } = parsed(given, source);
      expect(scenario.load).toMatchObject({ maxInFlight: 12 });
      expect(scenario.targets.shop).toMatchObject({
        requests: { placeOrder: { headers: { authorization: 'Bearer none' } } },
      });
      expect(redact('none of 12')).toBe('none of 12');
      expect(stored).toContain(variable('TOKEN:-none'));
    }
    const { scenario, redact } = parsed(env, source);
    expect(scenario.load).toMatchObject({ maxInFlight: 77 });
    expect(redact(`was ${TOKEN}`)).not.toContain(TOKEN);
  });

  it('cannot name the scenario, which names folders', () => {
    expect(problemsOf(text.replace('name: secrets', `name: ${variable('TOKEN')}`), { ...env, TOKEN: 'abc' })).toEqual([
      's.yaml:2:7: name: cannot come from the environment: it stands in names of files',
    ]);
  });

  it('are told missing once each, with nothing about what follows from it', () => {
    const { HOST, ...others } = env;
    expect(HOST).toBe('127.0.0.1');
    expect(problemsOf(text, others)).toEqual([
      's.yaml:8:22: targets.shop.address: the environment variable HOST is not set',
      's.yaml:13:70: targets.shop.requests.placeOrder.headers.x-all: the environment variable HOST is not set',
    ]);
    expect(problemsOf(text, { ...others, HOST: '127.0.0.1', constructor: 'x' })).toEqual([]);
  });
});

it('leaves text without variables alone', () => {
  const { text: stored } = parsed(
    {},
    'name: a\nworkload: { operations: { getOrder: {} } }\nload: { model: open, rate: 1/s }\ntargets: { rest: { protocol: rest } }\n',
  );
  expect(parse(stored)).toMatchObject({ name: 'a' });
});
