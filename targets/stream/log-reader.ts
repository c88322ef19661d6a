/** A topic of one partition as the log of a service. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Admin, Consumer, Producer } from '@platformatic/kafka';
import type { StreamTarget } from '../../scenarios/scenario.ts';
import { type EventLog, encodeRecord, eventsGone, type LogRecord, logKeyOf } from '../domain/event-log.ts';
import type { ServiceOptions } from '../domain/service-options.ts';
import { bounded } from '../driver-kit/bounded.ts';
import { createTopics } from './create-topics.ts';
import { guardPlatformatic } from './platformatic-guard.ts';
import { serviceClient } from './service-client.ts';
import { coordinatorRetries, readingAtOnce } from './text-consumer.ts';

/** For two minutes the library sends again what a lost connection interrupted, and the broker knows it again. */
const resends = { retries: 600, retryDelay: 200 };
const closeWithinMs = 400;
/** Of a fetch: the library unpacks all of one at a time, and others are to be served meanwhile. */
const fetchBytes = 128 * 1024;
/** Records in one turn of the event loop. */
const mostInTurn = 200;
const [earliest, latest] = [-2n, -1n];

const kept = { 'retention.ms': '-1', 'retention.bytes': '-1' };
/** As soon as it can be, which is a segment at a time. */
const compacted = {
  'cleanup.policy': 'compact',
  'segment.bytes': String(1024 ** 2),
  'min.cleanable.dirty.ratio': '0.01',
  'delete.retention.ms': '0',
};

export class KafkaLog implements EventLog {
  readonly isCompacted: boolean;
  readonly #options: ServiceOptions;
  readonly #topic: string;
  readonly #producer: Producer;
  #readings = 0;

  constructor(options: ServiceOptions) {
    if (options.brokerLink !== undefined) guardPlatformatic();
    this.#options = options;
    this.#topic = options.names.log ?? '';
    this.isCompacted = (options.target as StreamTarget).log === 'compacted';
    this.#producer = new Producer({ ...serviceClient(options, 'log'), idempotent: true, ...resends });
  }

  async open(): Promise<void> {
    const configs = Object.entries(this.isCompacted ? compacted : kept).map(([name, value]) => ({ name, value }));
    await createTopics(serviceClient(this.#options, 'admin'), { topics: [this.#topic], partitions: 1, configs });
  }

  async append(records: readonly LogRecord[]): Promise<void> {
    const messages = records.map((record) => ({
      ...{ topic: this.#topic, partition: 0 },
      ...{ key: Buffer.from(logKeyOf(record)), value: encodeRecord(record) },
    }));
    await this.#producer.send({ messages, acks: -1 });
  }

  async read(from: number, take: (offset: number, body: Buffer) => boolean): Promise<void> {
    const consumer = new Consumer<Buffer, Buffer, Buffer, Buffer>({
      ...serviceClient(this.#options, 'log-reader'),
      ...coordinatorRetries,
      // Of its own each time: nobody waits for the session of who was killed.
      groupId: `${this.#topic}-${process.pid}-${++this.#readings}`,
      ...readingAtOnce,
      maxBytes: fetchBytes,
    });
    try {
      await this.#requireFrom(consumer, from);
      const offsets = [{ topic: this.#topic, partition: 0, offset: BigInt(from) }];
      const stream = await consumer.consume({ topics: [this.#topic], mode: 'manual', offsets });
      let taken = 0;
      for await (const { offset, value } of stream) {
        if (take(Number(offset), value)) break;
        if (++taken % mostInTurn === 0) await nextTurn();
      }
    } finally {
      await bounded(closeWithinMs, consumer.close(true));
    }
  }

  async #requireFrom(consumer: Consumer<Buffer, Buffer, Buffer, Buffer>, from: number): Promise<void> {
    const topics = [this.#topic];
    const bound = async (timestamp: bigint) =>
      Number((await consumer.listOffsets({ topics, timestamp })).get(this.#topic)?.[0] ?? 0);
    const [first, end] = [await bound(earliest), await bound(latest)];
    if (from >= first && from <= end) return;
    throw eventsGone(from < first ? `begins at offset ${first}` : `ends before offset ${end}`, from);
  }

  async remove(): Promise<void> {
    await bounded(closeWithinMs, this.#producer.close());
    const admin = new Admin(serviceClient(this.#options, 'admin'));
    await bounded(closeWithinMs, admin.deleteTopics({ topics: [this.#topic] }));
    await bounded(closeWithinMs, admin.close());
  }
}
