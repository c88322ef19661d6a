import { describe, expect, it } from 'vitest';
import { parseScenario } from './parse-scenario.ts';

function parse(callers: string, { target = 'rest: { protocol: rest }', threshold = '' } = {}) {
  const checks = threshold === '' ? '' : `thresholds: [ "${threshold}" ]\n`;
  const head = `name: who\nworkload: { operations: { getOrder: {} }${callers === '' ? '' : `, callers: ${callers}`} }\n`;
  const text = `${head}load: { model: open, rate: 10/s }\ntargets: { ${target} }\n${checks}`;
  return parseScenario(text, { path: '/tmp/s.yaml', env: {} });
}

function messagesOf(...given: Parameters<typeof parse>): string[] {
  const reading = parse(...given);
  return reading.ok ? [] : reading.problems.map(({ path, message }) => `${path}: ${message}`);
}

const envoy = (more: string) => `rest: { protocol: rest, gateway: { kind: envoy, auth: jwt }, ${more} }`;

describe('callers', () => {
  it('share what the others leave, and hold what they are to hold', () => {
    const reading = parse('{ paying: {}, other: {}, anonymous: { share: 10%, holds: none } }');
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
    expect(reading.scenario.workload.callers).toEqual({
      paying: { share: 0.45, holds: 'valid' },
      other: { share: 0.45, holds: 'valid' },
      anonymous: { share: 0.1, holds: 'none' },
    });
  });

  it.each([
    [
      'shares that are not all',
      '{ a: { share: 50% }, b: { share: 40% } }',
      'shares come to 90%; together they must be 100%',
    ],
    ['nothing left', '{ a: { share: 60% }, b: { share: 40% }, c: {} }', 'which leaves nothing for the others'],
    ['the name of an operation', '{ getOrder: {} }', 'is an operation, too'],
    ['a word of the thresholds', '{ lost: {} }', 'is a word of the thresholds'],
    ['what nobody can hold', '{ a: { holds: passport } }', 'passport'],
  ])('are refused with %s', (_, callers, message) => {
    expect(messagesOf(callers).join('\n')).toContain(message);
  });

  it('are there where a rate is limited by caller', () => {
    const limited = (more: string) =>
      `rest: { protocol: rest, gateway: { kind: nginx, rateLimit: { rate: 10/s, by: caller }${more} } }`;
    expect(messagesOf('', { target: limited('') }).join()).toContain('nobody says who is calling');
    expect(messagesOf('', { target: limited(', auth: apiKey') })).toEqual([]);
    expect(messagesOf('{ busy: {} }', { target: limited('') })).toEqual([]);
  });

  it('each ask by themselves where somebody asks them', () => {
    const batch = 'batch: { maxMessages: 10, linger: 1ms }';
    expect(messagesOf('', { target: envoy(batch) }).join('\n')).toContain('puts several operations into one request');
    const stream = 'grpc: { protocol: grpc, calls: stream, gateway: { kind: envoy, auth: jwt } }';
    expect(messagesOf('', { target: stream }).join('\n')).toContain('sends all operations on one stream');
    const ws = 'websocket: { protocol: websocket, client: ws, gateway: { kind: envoy, auth: jwt } }';
    expect(messagesOf('', { target: ws }).join('\n')).toContain('has connections for all');
    expect(messagesOf('', { target: `rest: { protocol: rest, ${batch} }` })).toEqual([]);
  });

  it('may be named by thresholds, for what is known of them', () => {
    const callers = '{ paying: {}, anonymous: { share: 10%, holds: none } }';
    const threshold = (text: string) => messagesOf(callers, { threshold: text }).join('\n');
    expect(threshold('all anonymous errorRatio < 1%')).toBe('');
    expect(threshold('all anonymous rejected == 0 in calm')).toBe('');
    expect(threshold('all anonymous p99 < 1ms')).toContain('of a caller there are counts and errorRatio');
    expect(threshold('all anonymous ok > 1 in steady')).toContain('leave out the phase steady');
    expect(threshold('all nobody ok > 1')).toContain('there is no operation or caller "nobody"');
    expect(threshold('all admittedUnauthorised == 0')).toBe('');
    expect(messagesOf('', { threshold: 'all admittedUnauthorised == 0' }).join()).toContain('there are none');
  });
});

describe('a gateway', () => {
  const messages = (gateway: string) => messagesOf('', { target: `rest: { protocol: rest, gateway: ${gateway} }` });

  it('of layer 4 sees no request', () => {
    expect(messages('{ kind: haproxy, layer: 4 }')).toEqual([]);
    expect(messages('{ kind: nginx, layer: 4 }').join()).toContain('envoy and haproxy are');
    const asked = messages('{ kind: envoy, layer: 4, auth: jwt, retries: 1, rateLimit: { rate: 1/s } }').join('\n');
    for (const key of ['auth', 'retries', 'rateLimit']) expect(asked).toContain(`gateway.${key}: is of requests`);
  });

  it('asks for keys by URL where it can, and where there are any', () => {
    expect(messages('{ kind: envoy, auth: jwt, keys: url }')).toEqual([]);
    expect(messages('{ kind: haproxy, auth: jwt, keys: url }').join()).toContain('cannot ask for keys');
    expect(messages('{ kind: envoy, keys: url }').join()).toContain('is of auth: jwt');
  });
});
