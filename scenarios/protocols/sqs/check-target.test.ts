import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../schema/parse-scenario.ts';

function read(target: string, workload = 'operations: { placeOrder: { pattern: one-way } }') {
  const text = `name: trial
workload: { ${workload} }
load: { model: open, rate: 50/s }
conditions: { calm: [] }
targets:
  a: { protocol: queue, ${target} }
`;
  return parseScenario(text, { path: 's.yaml', env: {} });
}

function problems(target: string, workload?: string): string[] {
  const reading = read(target, workload);
  return reading.ok ? [] : reading.problems.map(({ path, message }) => `${path}: ${message}`);
}

const own = "broker: sqs, address: 'http://127.0.0.1:9324'";
const request = "requests: { placeOrder: { queue: orders, body: '{{id}}' } }";

describe('a target of SQS', () => {
  it('is told from one of RabbitMQ by its broker, and has what that has not', () => {
    const reading = read(
      'broker: sqs, fifo: true, visibilityTimeout: 5s, onRefusal: deadLetter, batch: { maxMessages: 10 }',
    );
    expect(reading).toMatchObject({
      ok: true,
      scenario: {
        targets: { a: { broker: 'sqs', fifo: true, visibilityTimeoutMs: 5_000, waitTimeMs: 20_000, maxReceives: 3 } },
      },
    });
    expect(read('confirms: false')).toMatchObject({ ok: true, scenario: { targets: { a: { broker: 'rabbitmq' } } } });
  });

  it.each([
    ['broker: nats', 'targets.a.broker: "nats" is not one of rabbitmq, sqs'],
    ['broker: sqs, confirms: true', 'targets.a.confirms: unknown key'],
    ['fifo: true', 'targets.a.fifo: unknown key'],
    ['broker: sqs, waitTime: 1500ms', 'targets.a.waitTime: must be whole seconds: SQS knows no shorter ones'],
    [
      'broker: sqs, onRefusal: drop, maxReceives: 2',
      'targets.a.maxReceives: has no meaning beside onRefusal: drop, which deletes it',
    ],
    [
      'broker: sqs, batch: { maxMessages: 11 }',
      'targets.a.batch.maxMessages: can be 10 at most: more SQS does not take at once',
    ],
    ['broker: sqs, accessKeyId: AKIA', 'targets.a.accessKeyId: is for an own system; give its address too'],
    [`${own}, ${request}, accessKeyId: AKIA`, 'targets.a.accessKeyId: needs secretAccessKey beside it'],
    [
      `${own}, ${request}, fifo: true`,
      'targets.a.fifo: is for our reference service; your own system settles it for itself',
    ],
    [
      `${own}, requests: { placeOrder: { queue: 'q-{{key}}', body: x } }`,
      'targets.a.requests.placeOrder.queue: cannot have {{…}}: queues are looked up before the load',
    ],
    [
      `broker: sqs, address: 'https://sqs.eu-west-1.amazonaws.com', ${request}`,
      'targets.a.address: "sqs.eu-west-1.amazonaws.com" is outside this machine; load goes there only when allowHosts lists it',
    ],
    [
      `broker: sqs, address: 'amqp://127.0.0.1', ${request}`,
      'targets.a.address: "amqp://" is not a scheme of protocol queue',
    ],
  ])('%s is told: %s', (target, problem) => {
    expect(problems(target).some((one) => one.startsWith(problem))).toBe(true);
  });

  it.each([
    ['broker: sqs', '1MiB', 'has 1048576'],
    ['broker: sqs, codec: msgpack', '800KiB', 'has 819200 (1092268 in base64)'],
    [`${own}, requests: { placeOrder: { queue: orders, body: '{{payload}}' } }`, '2MiB', 'has 2097152'],
  ])('takes no message that SQS would refuse: %s with %s', (target, size, told) => {
    const workload = `operations: { placeOrder: { pattern: one-way, payload: big } }, payloads: { big: { size: ${size} } }`;
    expect(problems(target, workload)).toEqual([
      `targets.a.broker: takes messages of at most 1048576 bytes (1 MiB), attributes included; payload big of placeOrder ${told}`,
    ]);
    expect(problems(target, workload.replace(size, '700KiB'))).toEqual([]);
    expect(problems('prefetch: 5', workload)).toEqual([]);
  });

  it('cannot be all that there is and be optional', () => {
    expect(problems('optional: true')).toEqual([
      'targets.a.optional: all targets are optional, so that nothing would run; one at least must not be',
    ]);
  });
});

describe('a quorum queue, or a stream', () => {
  it.each([
    [
      'queue: { type: quorum }, durable: false',
      'targets.a.queue.type: quorum queues are durable; leave durable: false out',
    ],
    [
      'queue: { deliveryLimit: 3 }',
      'targets.a.queue.deliveryLimit: is of quorum queues; a classic one gives a message out for ever',
    ],
    [
      'queue: { type: stream }, durable: false',
      'targets.a.queue.type: stream queues are durable; leave durable: false out',
    ],
    [
      'queue: { type: stream }, ack: auto',
      'targets.a.ack: must be manual with a stream: acknowledgements make room for more',
    ],
    [
      'queue: { type: stream }, ackBatch: { every: 10 }',
      'targets.a.ackBatch: is of queues; on a stream an acknowledgement only makes room for more',
    ],
    [
      'queue: { type: stream }, instances: 2',
      'targets.a.instances: must be 1 with a stream: each would read all of it',
    ],
    [
      'queue: { type: stream }, consumers: 2',
      'targets.a.consumers: must be 1 with a stream: each would read all of it',
    ],
    [
      'queue: { type: quorum, startAt: first }',
      'targets.a.queue.startAt: is of streams; a quorum queue gives out what it has',
    ],
    [
      'queue: { type: stream, deliveryLimit: 2 }',
      'targets.a.queue.deliveryLimit: is of quorum queues; a stream takes nothing back',
    ],
    [
      'queue: { type: quorum, deliveryLimit: 3 }, ack: auto',
      'targets.a.queue.deliveryLimit: counts what comes back; with ack: auto nothing does',
    ],
  ])('%s is told: %s', (target, problem) => {
    expect(problems(target)).toContain(problem);
  });
});
