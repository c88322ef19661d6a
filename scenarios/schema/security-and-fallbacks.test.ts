import { describe, expect, it } from 'vitest';
import type { Target } from '../scenario.ts';
import { parseScenario } from './parse-scenario.ts';

function parse(targets: string, rest = '') {
  const text = `name: s
workload: { operations: { placeOrder: { payload: note } }, payloads: { note: { size: 10B } } }
load: { model: open, rate: 1/s }
targets: ${targets}
${rest}`;
  return parseScenario(text, { path: `${import.meta.dirname}/s.yaml`, env: {} });
}

function targetOf(written: string): Target {
  const reading = parse(`{ t: ${written} }`);
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.scenario.targets.t as Target;
}

function messagesOf(targets: string, rest = ''): string[] {
  const reading = parse(targets, rest);
  if (reading.ok) return [];
  return reading.problems.map(({ path, message }) => `${path.replace('targets.t.', '')}: ${message}`);
}

describe('security of our own services', () => {
  it('is told by two words, and none is as nothing', () => {
    expect(targetOf('{ protocol: rest, tls: mutual, auth: jwt }')).toMatchObject({ tlsMode: 'mutual', auth: 'jwt' });
    expect(targetOf('{ protocol: stream, tls: server, auth: sasl }')).toMatchObject({
      tlsMode: 'server',
      auth: 'sasl',
    });
    const plain = targetOf('{ protocol: rest, tls: none, auth: none }');
    expect(['tls', 'tlsMode', 'auth'].filter((key) => key in plain)).toEqual([]);
  });

  it.each([
    ['{ protocol: rest, auth: sasl }', 'auth: sasl is not for rest: apiKey or jwt is'],
    ['{ protocol: queue, auth: jwt }', 'auth: jwt is not for queue: sasl is'],
    ['{ protocol: rest, tls: {} }', 'tls: of our own service is none, server or mutual; files are for an own system'],
    [
      '{ protocol: queue, broker: sqs, tls: server }',
      'tls: is not to be had here: ElasticMQ speaks in clear and knows no users',
    ],
    ['{ protocol: rest, engine: autocannon, auth: jwt }', 'auth: is for the native engine, not autocannon'],
    [
      '{ protocol: rest, instances: 2, gateway: { kind: nginx }, tls: server }',
      'tls: is of a service without a gateway: there, gateway: { auth } says who is let in',
    ],
  ])('%s is refused', (target, message) => {
    expect(messagesOf(`{ t: ${target} }`)).toEqual([message]);
  });

  it('is not for own systems, which are as they are', () => {
    const own = (more: string) =>
      `{ t: { protocol: rest, address: "http://localhost:1", ${more}, requests: { placeOrder: { method: GET, path: / } } } }`;
    expect(messagesOf(own('auth: jwt'))).toEqual([
      'auth: is of our own services; what an own system wants to see goes into its requests',
    ]);
    expect(messagesOf(own('tls: mutual'))).toEqual([
      'tls: mutual is of our own services; of an own system { ca, cert, key, serverName, verify }',
    ]);
  });
});

describe('a fallback', () => {
  const queue = 'queue: { protocol: queue }';
  const to = (name: string) => `resilience: { fallback: { kind: transport, to: ${name} } }`;

  it('is one of three kinds; true is a default', () => {
    const fallbackOf = (written: string) =>
      targetOf(`{ protocol: rest, resilience: { fallback: ${written} } }`).resilience?.fallback;
    expect(fallbackOf('true')).toEqual({ kind: 'default' });
    expect(fallbackOf('{ kind: stale }')).toEqual({ kind: 'stale' });
    expect(fallbackOf('false')).toBeUndefined();
  });

  it('over another target brings that one along, whether it runs itself or not', () => {
    const reading = parse(`{ t: { protocol: rest, ${to('queue')} }, ${queue} }`);
    expect(reading.ok && reading.scenario.transports).toMatchObject({ queue: { protocol: 'queue' } });
    const other = parse(`{ ${queue} }`);
    expect(other.ok && 'transports' in other.scenario).toBe(false);
  });

  it.each([
    [`{ t: { protocol: rest, ${to('t')} } }`, 'resilience.fallback.to: is the target itself; name another one'],
    [`{ t: { protocol: rest, ${to('quee')} }, ${queue} }`, 'resilience.fallback.to: there is no target quee'],
    [
      `{ t: { protocol: rest, resilience: { fallback: { kind: transport } } } }`,
      'resilience.fallback.kind: transport needs `to`, the name of another target',
    ],
    [
      `{ t: { protocol: rest, resilience: { fallback: { kind: stale, to: queue } } }, ${queue} }`,
      'resilience.fallback.to: is of kind: transport; stale asks nobody',
    ],
    [
      `{ t: { protocol: rest, ${to('other')} }, other: { protocol: rest, tls: server } }`,
      'resilience.fallback.to: other has tls, which a second transport cannot have',
    ],
  ])('%s is refused', (targets, message) => {
    expect(messagesOf(targets)).toEqual([message]);
  });

  it('over another target is one target’s, not the scenario’s', () => {
    const messages = messagesOf(
      `{ t: { protocol: rest }, ${queue} }`,
      'resilience: { fallback: { kind: transport, to: queue } }',
    );
    expect(messages).toEqual([
      'resilience.fallback: transport is for one target: write it in that target’s own resilience',
    ]);
  });

  it('has a part and a link for faults, where there is a second service', () => {
    const down = 'conditions: { c: [ { at: 1s, for: 1s, fault: down, link: fallback } ] }';
    expect(messagesOf(`{ t: { protocol: rest, ${to('queue')} }, ${queue} }`, down)).toEqual([]);
    expect(messagesOf('{ t: { protocol: rest } }', down)).toHaveLength(1);
  });
});
