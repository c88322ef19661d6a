import { expect, it } from 'vitest';
import { parseScenario } from './parse-scenario.ts';

function resolved(target: string) {
  const text = `name: s\nworkload: { operations: { placeOrder: {} } }\nload: { model: open, rate: 1/s }\ntargets: { t: ${target} }\n`;
  const reading = parseScenario(text, { path: 's.yaml', env: {} });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.scenario.targets.t;
}

const kib = 1_024;

it('a stream with client-defaults has what Kafka’s own producer has: 5 ms, 16 KiB a partition, idempotence', () => {
  expect(resolved('{ protocol: stream, settings: client-defaults, partitions: 4 }')).toMatchObject({
    settings: { name: 'client-defaults', except: [] },
    acks: 'all',
    lingerMs: 5,
    idempotent: true,
    batch: { maxBytes: 64 * kib, lingerMs: 5 },
  });
});

it.each([
  ['acks: 1', 'that does not ask all'],
  ['client: kafkajs', 'that cannot be idempotent our way'],
])('client-defaults with %s: idempotence is off for a producer %s', (key) => {
  expect(resolved(`{ protocol: stream, settings: client-defaults, ${key} }`)).toMatchObject({ idempotent: false });
});

it('a queue with client-defaults is as amqplib when it is told nothing: transient, unconfirmed, unbounded', () => {
  expect(resolved('{ protocol: queue, settings: client-defaults }')).toMatchObject({
    settings: { name: 'client-defaults', except: [] },
    durable: false,
    confirms: false,
    prefetch: 65_535,
  });
});

it('tuned gathers more, and keeps what an acknowledgement is worth', () => {
  expect(resolved('{ protocol: stream, settings: tuned }')).toMatchObject({
    acks: 'all',
    idempotent: true,
    batch: { maxBytes: 384 * kib, lingerMs: 10 },
  });
  expect(resolved('{ protocol: queue, settings: tuned, prefetch: 20 }')).toMatchObject({
    durable: true,
    confirms: true,
    prefetch: 20,
    ackBatch: { every: 20, lingerMs: 5 },
    batch: { maxMessages: 100 },
    settings: { name: 'tuned', except: ['prefetch'] },
  });
});

it('tuned gathers no acknowledgements of a stream, where they only make room for more', () => {
  const queue = resolved('{ protocol: queue, queue: { type: stream }, settings: tuned }');
  expect(queue).toMatchObject({ prefetch: 300 });
  expect(queue).not.toHaveProperty('ackBatch');
});

it('a key that is written wins', () => {
  const stream = '{ protocol: stream, settings: tuned, linger: 0ms, idempotent: false, batch: { maxMessages: 7 } }';
  expect(resolved(stream)).toMatchObject({
    lingerMs: 0,
    idempotent: false,
    batch: { maxMessages: 7, lingerMs: 0 },
    settings: { name: 'tuned', except: ['linger', 'idempotent', 'batch'] },
  });
  expect(resolved('{ protocol: queue, settings: client-defaults, confirms: true }')).toMatchObject({
    durable: false,
    confirms: true,
  });
});

it('without settings nothing is gathered, and all is durable, confirmed and bounded', () => {
  const queue = resolved('{ protocol: queue }');
  expect(queue).toMatchObject({ durable: true, confirms: true, prefetch: 100 });
  for (const key of ['settings', 'batch', 'ackBatch']) expect(queue).not.toHaveProperty(key);
  const stream = resolved('{ protocol: stream }');
  expect(stream).toMatchObject({ lingerMs: 0, idempotent: false });
  for (const key of ['settings', 'batch']) expect(stream).not.toHaveProperty(key);
});
