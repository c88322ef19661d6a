/** Each key of an own system that the schema has: wrong, missing, of another protocol. Told with its place, never a throw. */
import { describe, expect, it } from 'vitest';
import { type Protocol, protocols } from '../../result/result-types.ts';
import { parseScenario, type ScenarioReading } from './parse-scenario.ts';
import scenarioSchema from './scenario.schema.json' with { type: 'json' };

type Keys = Record<string, unknown>;

/** As little as a target of an own system can say. */
const least: Readonly<Partial<Record<Protocol, { readonly target: Keys; readonly request: Keys }>>> = {
  rest: { target: { address: 'http://127.0.0.1:8080' }, request: { method: 'GET', path: '/' } },
  grpc: { target: { address: '127.0.0.1:50051', reflection: true }, request: { method: 'a.B/C' } },
  websocket: { target: { address: 'ws://127.0.0.1' }, request: { message: 'x' } },
  queue: { target: { address: 'amqp://127.0.0.1' }, request: { routingKey: 'a', body: 'x' } },
  stream: { target: { address: '127.0.0.1:9092' }, request: { topic: 'a', value: 'x' } },
};
/** Fit for no key, or for few. */
const odd: readonly unknown[] = [[[[]]], { nonsense: { more: 1 } }, -1.5, true];
const targetLine = 4;

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly const?: unknown;
  readonly oneOf?: readonly Shape[];
  readonly additionalProperties?: Shape | boolean;
}
/** Where the brokers of a protocol differ, the usual one comes first. */
const shapes = (
  scenarioSchema as unknown as { properties: { targets: { additionalProperties: { oneOf: Shape[] } } } }
).properties.targets.additionalProperties.oneOf.flatMap((shape) => shape.oneOf ?? [shape]);

function shapeOf(protocol: Protocol): Readonly<Record<string, Shape>> {
  return shapes.find(({ properties }) => properties?.protocol?.const === protocol)?.properties ?? {};
}

function requestShapeOf(protocol: Protocol): Readonly<Record<string, Shape>> {
  const request = shapeOf(protocol).requests?.additionalProperties;
  return typeof request === 'object' ? (request.properties ?? {}) : {};
}

function read(protocol: Protocol, target: Keys, request: Keys): ScenarioReading {
  const whole = JSON.stringify({ protocol, ...target, requests: { send: request } });
  const operations = 'workload: { operations: { send: { pattern: one-way } } }';
  const text = `name: own\n${operations}\nload: { model: open, rate: 1/s }\ntargets: { t: ${whole} }\n`;
  return parseScenario(text, { path: 's.yaml', env: {} });
}

/** Paths of what is wrong, `targets.t` left out; each has the place where it stands. */
function wrongAt(reading: ScenarioReading): string[] {
  if (reading.ok) return [];
  for (const problem of reading.problems) {
    expect(problem).toMatchObject({ line: targetLine, message: expect.stringMatching(/\S/) });
    expect(problem.path).toMatch(/^targets\.t\b/);
  }
  return reading.problems.map(({ path }) => path.replace(/^targets\.t\.?/, ''));
}

describe.each(protocols)('an own system by %s', (protocol) => {
  const { target, request } = least[protocol] ?? { target: {}, request: {} };
  const keys = Object.keys(shapeOf(protocol)).filter((key) => key !== 'protocol' && key !== 'requests');
  const requestKeys = Object.keys(requestShapeOf(protocol));

  it('may say as little as that', () => {
    expect(wrongAt(read(protocol, target, request))).toEqual([]);
    expect(keys.length + requestKeys.length).toBeGreaterThan(10);
  });

  it.each(keys)('%s: what does not fit is refused at its place', (key) => {
    const refused = odd.map((value) => wrongAt(read(protocol, { ...target, [key]: value }, request)));
    expect(refused.flat().filter((path) => path.startsWith(key)).length).toBeGreaterThan(0);
  });

  it.each(requestKeys)('requests.send.%s: what does not fit is refused at its place', (key) => {
    const refused = odd.map((value) => wrongAt(read(protocol, target, { ...request, [key]: value })));
    expect(refused.flat().filter((path) => path.startsWith(`requests.send.${key}`)).length).toBeGreaterThan(0);
  });

  it('cannot do without what it must say', () => {
    for (const key of Object.keys(request)) {
      const { [key]: _, ...rest } = request;
      if (protocol === 'queue' && key === 'body') continue;
      if (protocol === 'stream' && key === 'value') continue;
      expect(wrongAt(read(protocol, target, rest)).join(), key).toMatch(/^requests\.send/);
    }
  });

  it('has no keys of other protocols', () => {
    for (const other of protocols) {
      for (const key of Object.keys(shapeOf(other)).filter((one) => !(one in shapeOf(protocol)))) {
        expect(wrongAt(read(protocol, { ...target, [key]: 1 }, request)), `${other}’s ${key}`).toContain(key);
      }
      for (const key of Object.keys(requestShapeOf(other)).filter((one) => !(one in requestShapeOf(protocol)))) {
        const wrong = wrongAt(read(protocol, target, { ...request, [key]: 1 }));
        expect(wrong, `${other}’s ${key}`).toContain(`requests.send.${key}`);
      }
    }
  });
});
