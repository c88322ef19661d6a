/**
 * Reads what our service has written, committed and all. kafkajs reads it: of @platformatic/kafka a read-committed consumer
 * is given records of aborted transactions (docs/decisions). The end is a record of our own in each partition: a read-committed
 * consumer comes to it when every transaction before it has ended.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { OutputCount, type OutputSource, type Outputs, type OutputsRead } from '../output-source.ts';
import { KafkajsClient } from './kafkajs-client.ts';
import { idHeader } from './stream-headers.ts';

const endHeader = 'wirebench-end';
const lookEveryMs = 50;
/** Nothing more for so long: nothing more is coming. */
const quietMs = 3_000;
/** A transaction that nobody ends is ended by its broker well within this. */
const endDeadlineMs = 30_000;

export const streamOutputs: OutputSource = {
  async read(address, names, until) {
    const topics = names.map(({ outputs = '' }) => outputs);
    const client = new KafkajsClient({
      ...{ address, clientId: 'wirebench-outputs', acks: 'all', producers: 1, compression: undefined },
      onLost: () => undefined,
    });
    try {
      return await readTopics(client, topics, until);
    } finally {
      await client.close();
    }
  },
};

async function readTopics(client: KafkajsClient, topics: readonly string[], until: OutputsRead): Promise<Outputs> {
  const [committed, all] = [new Reading(), new Reading()];
  const groupId = `${topics[0]}-readers`;
  const { partitions } = await client.describe(topics);
  await client.connect(0);
  await client.consume({ topics, groupId: `${groupId}-committed`, from: 'earliest', onMessage: committed.take });
  await client.consume({
    ...{ topics, groupId: `${groupId}-all`, from: 'earliest', onMessage: all.take },
    readUncommitted: true,
  });
  await untilQuiet(committed, until);
  const ends = [...partitions].flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition) => ({
      ...{ topic, partition, key: undefined, value: Buffer.alloc(0) },
      ...{ headerNames: [endHeader], headerValues: [`${topic} ${partition}`] },
    })),
  );
  await client.send(0, ends);
  const deadline = performance.now() + endDeadlineMs;
  const isWhole = () => committed.ends.size === ends.length && all.ends.size === ends.length;
  while (!isWhole() && performance.now() < deadline && !until.signal.aborted) await sleep(lookEveryMs);
  return { committed: committed.count, written: all.records, isWhole: isWhole() };
}

async function untilQuiet(committed: Reading, { expected, signal }: OutputsRead): Promise<void> {
  let [seen, grewAtMs] = [-1, 0];
  while (committed.count.operations.count < expected && !signal.aborted) {
    if (committed.records !== seen) [seen, grewAtMs] = [committed.records, performance.now()];
    else if (performance.now() - grewAtMs > quietMs) return;
    await sleep(lookEveryMs);
  }
}

class Reading {
  readonly count = new OutputCount();
  readonly ends = new Set<string>();
  records = 0;

  readonly take = (header: (name: string) => string | undefined): void => {
    const end = header(endHeader);
    if (end !== undefined) {
      this.ends.add(end);
      return;
    }
    this.records++;
    this.count.add(header(idHeader) ?? '');
  };
}
