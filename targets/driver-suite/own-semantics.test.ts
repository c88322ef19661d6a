import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../scenarios/schema/parse-scenario.ts';
import { loadProtocol } from '../registry.ts';

const yaml = `
name: own
workload: { operations: { placeOrder: { pattern: one-way } } }
load: { model: open, rate: 10/s, warmup: 0s, duration: 1s }
targets:
  rest: { protocol: rest, address: "HTTPS://127.0.0.1:8443", via: direct, requests: { placeOrder: { method: POST, path: / } } }
  grpc: { protocol: grpc, address: "127.0.0.1:5", via: direct, reflection: true, requests: { placeOrder: { method: a.B/C, message: {} } } }
  websocket: { protocol: websocket, address: "wss://127.0.0.1:8444/", via: direct, requests: { placeOrder: { message: "{}", replyId: /id } } }
  queue: { protocol: queue, address: "amqps://127.0.0.1:5671", via: direct, requests: { placeOrder: { exchange: "", routingKey: jobs, body: x } } }
  stream: { protocol: stream, address: "127.0.0.1:9092", via: direct, requests: { placeOrder: { topic: t, value: x } } }
conditions: { calm: [] }
`;

async function semanticsOf(name: string) {
  const parsed = parseScenario(yaml, { path: 'own.yaml', env: {} });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const target = parsed.scenario.targets[name];
  if (target === undefined) throw new Error(`no target ${name}`);
  return (await loadProtocol(target)).semantics(target);
}

describe('settings of an own system', () => {
  it.each(['rest', 'grpc', 'websocket', 'queue', 'stream'])('%s: how durable it is, is not known', async (name) => {
    expect((await semanticsOf(name)).durability).toBeNull();
  });

  it.each([
    ['queue', ['broker']],
    ['stream', ['broker', 'partitions']],
  ])('%s: what only the peer knows is not taken from the reference service', async (name, keys) => {
    const semantics = await semanticsOf(name);
    expect(keys.map((key) => semantics[key])).toEqual(keys.map(() => null));
  });

  it.each([
    ['queue', ['prefetch', 'replies']],
    ['stream', ['commits']],
  ])('%s: settings of a consumer that there is none of are left out', async (name, keys) => {
    expect(Object.keys(await semanticsOf(name)).filter((key) => keys.includes(key))).toEqual([]);
  });

  it('queue: nothing is said of acks by a consumer that is not ours', async () => {
    expect((await semanticsOf('queue')).acks).toBe('publisher confirms');
  });

  it.each([
    ['rest', true],
    ['grpc', false],
    ['websocket', true],
    ['queue', true],
  ])('%s: TLS is read off the address, however its scheme is written', async (name, tls) => {
    expect((await semanticsOf(name)).tls).toBe(tls);
  });
});
