/** Queues of the user's own, in the shape of ElasticMQ's; Amazon's refusals cannot be had here. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SqsRequest, SqsTarget } from '../../../scenarios/scenario.ts';
import { outcomes } from '../../driver.ts';
import { endpointOf } from '../../driver-kit/client-socket.ts';
import { directSqs } from '../../driver-suite/direct-targets.ts';
import { RecordedSession } from '../../driver-suite/recorded-session.ts';
import { type SharedTestStack, sharedTestStack } from '../../stack/shared-test-stack.ts';
import { sqsDriver } from './driver.ts';
import { SqsCalls } from './sqs-calls.ts';
import { ownQueueUrl, SqsQueues } from './sqs-queues.ts';
import { SqsWire } from './sqs-wire.ts';

let stack: SharedTestStack;
let calls: SqsCalls;
let queues: SqsQueues;
let address: string;
let created = 0;

beforeAll(async () => {
  stack = await sharedTestStack({ sqs: true });
  address = stack.broker('sqs').directAddress;
  const endpoint = endpointOf(address, undefined);
  calls = new SqsCalls({ endpoint, connections: 2, peer: 'SQS' });
  await calls.open(AbortSignal.timeout(5_000));
  queues = new SqsQueues(calls, new SqsWire(endpoint, null));
}, 60_000);
afterAll(async () => {
  await calls?.close();
  await stack?.down();
});

async function newQueue(attributes: Readonly<Record<string, string>> = {}): Promise<string> {
  const name = `own-${process.pid}-${created++}${attributes.FifoQueue === undefined ? '' : '.fifo'}`;
  await queues.create(name, attributes);
  return name;
}

interface Opened {
  readonly request: SqsRequest;
  readonly settings?: Partial<SqsTarget>;
  readonly payloads?: readonly Buffer[];
  readonly at?: string;
}

/** Signed, as it would be for Amazon. */
function open({ request, settings = {}, payloads = [Buffer.from('payload')], at = address }: Opened) {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', region: 'eu-central-1' };
  return RecordedSession.open({
    driver: sqsDriver,
    target: { ...directSqs, address: `http://${address}`, ...credentials, waitTimeMs: 1_000, ...settings },
    address: at,
    trialTag: `own${process.pid}n${created}`,
    operations: { send: { pattern: 'one-way', request } },
    payloads: { send: payloads },
  });
}

const requestTo = (queue: string): SqsRequest => ({ queue, body: '{{payload}}', attributes: { kind: 'test-{{id}}' } });

it('sends to a queue by its name, through a link, and completes when the harness has received the message', async () => {
  const queue = await newQueue();
  const link = await stack.openLink('client', address);
  const session = await open({ request: requestTo(queue), settings: { consume: true }, at: link.address });
  const ends = await Promise.all(Array.from({ length: 20 }, () => session.run('send')));
  expect(new Set(ends.map(({ outcome, reason }) => `${outcome} ${reason}`))).toEqual(new Set(['0 ']));
  // A message may be here before the answer to its send is: then nobody waits for that any more.
  expect(ends.every(({ acknowledgedTimes }) => acknowledgedTimes <= 1)).toBe(true);
  expect(ends.some(({ acknowledgedTimes }) => acknowledgedTimes === 1)).toBe(true);
  await session.close();
  await expect.poll(() => queues.length(ownQueueUrl(queue))).toBe(0);
});

it('keeps the order of a group of a FIFO queue, and takes a retry for the same message', async () => {
  const queue = await newQueue({ FifoQueue: 'true' });
  const request = { ...requestTo(queue), groupId: 'one', deduplicationId: '{{key}}' };
  const session = await open({ request, settings: { fifo: true } });
  for (const key of ['a', 'a', 'b']) expect((await session.run('send', { key })).outcome).toBe(outcomes.ok);
  await session.close();
  expect(await queues.length(ownQueueUrl(queue))).toBe(2);
});

it.each(['own', 'aws-sdk'] as const)('tells what became of each of ten in a batch, by %s', async (client) => {
  const queue = await newQueue();
  const refused = Buffer.from('a character that SQS refuses: \u0001');
  const session = await open({
    request: requestTo(queue),
    settings: { client, batch: { maxMessages: 10, maxBytes: 100_000, lingerMs: 50 } },
    payloads: [Buffer.from('fine'), refused],
  });
  const ends = await Promise.all(
    Array.from({ length: 10 }, (_, n) => session.run('send', { payload: n === 3 ? 1 : 0 })),
  );
  expect(session.session.batches?.()).toMatchObject({ messages: 10, requests: 1 });
  expect(ends.map(({ outcome }) => outcome)).toEqual(ends.map((_, n) => (n === 3 ? outcomes.failed : outcomes.ok)));
  expect(ends[3]).toMatchObject({ reason: 'InvalidAttributeValue', retryable: false });
  await session.close();
  expect(await queues.length(ownQueueUrl(queue))).toBe(9);
});

it('does not open where the queue is not there, and says so by name', async () => {
  await expect(open({ request: requestTo('nowhere') })).rejects.toMatchObject({ code: 'queueMissing', exitCode: 3 });
});

it('does not receive from a queue that holds messages of others', async () => {
  const queue = await newQueue();
  await queues.ask('SendMessage', { QueueUrl: ownQueueUrl(queue), MessageBody: 'of somebody else' });
  const opening = open({ request: requestTo(queue), settings: { consume: true } });
  await expect(opening).rejects.toMatchObject({ code: 'queueNotEmpty', exitCode: 3 });
});

it('fails what it sends while the broker is gone, and sends again when it is back', async () => {
  const link = await stack.openLink('client', address);
  const session = await open({ request: requestTo(await newQueue()), at: link.address });
  await stack.toxiproxy.setEnabled(link.proxy, false);
  const lost = session.start('send');
  await sleep(300);
  session.abort(lost);
  expect(lost.outcome).not.toBe(outcomes.ok);
  await stack.toxiproxy.setEnabled(link.proxy, true);
  await expect.poll(async () => (await session.run('send')).outcome, { timeout: 10_000 }).toBe(outcomes.ok);
  await session.close();
});
