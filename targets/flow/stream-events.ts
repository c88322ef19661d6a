/** Events over Kafka: a topic for each, keyed by the order, and a consumer group for each participant. */
import { Admin, Consumer, type Message, Producer } from '@platformatic/kafka';
import { flowSteps } from '../../result/flow-steps.ts';
import { bounded } from '../driver-kit/bounded.ts';
import { openAgain } from '../driver-kit/open-again.ts';
import { WatermarkOffsets } from '../driver-kit/watermark-offsets.ts';
import { createTopics } from '../stream/create-topics.ts';
import { GroupLag } from '../stream/group-lag.ts';
import { OwedRecords } from '../stream/owed-records.ts';
import { type RecordsInHand, recordsInHandOf } from '../stream/records-in-hand.ts';
import { coordinatorRetries, readingAtOnce, type TextConsumer, textHeaders } from '../stream/text-consumer.ts';
import { allEvents, type EventBus, type EventBusOptions, type FlowEvent, subscriptionsOf } from './flow-events.ts';

const partitions = 3;
const commitEveryMs = 200;
const restartAfterMs = 100;
const lostWithinMs = 1_000;
const closeWithinMs = 400;
const mostInHand = 100;
const [idHeader, keyHeader] = ['wirebench-id', 'wirebench-key'];

type TextMessage = Message<Buffer, Buffer, string, string>;

export class StreamEvents implements EventBus {
  readonly #options: EventBusOptions;
  readonly #producer: Producer;
  readonly #owed: OwedRecords;
  /** By topic. */
  readonly #offsets: ReadonlyMap<string, WatermarkOffsets>;
  readonly #begun = new Map<string, bigint>();
  readonly #lags: readonly GroupLag[];
  #consumer: TextConsumer | null = null;
  #isClosed = false;

  private constructor(options: EventBusOptions) {
    this.#options = options;
    const { role, broker } = options;
    const heard = role === 'orders' ? [] : [...subscriptionsOf(role).keys()];
    this.#offsets = new Map(heard.map((event) => [this.#topicOf(event), new WatermarkOffsets()]));
    this.#lags = [...this.#offsets.keys()].map((topic) => new GroupLag(broker, [topic], this.#groupId));
    this.#producer = new Producer(this.#base('producer'));
    this.#owed = new OwedRecords(this.#producer, 'none');
  }

  static async open(options: EventBusOptions): Promise<StreamEvents> {
    const events = new StreamEvents(options);
    await createTopics(events.#base('admin'), { topics: allEvents.map((event) => events.#topicOf(event)), partitions });
    if (options.role !== 'orders') await events.#follow();
    setInterval(() => void events.#commit(), commitEveryMs).unref();
    return events;
  }

  get #groupId(): string {
    return `${this.#options.events}-${this.#options.role}`;
  }

  #topicOf(event: string): string {
    return `${this.#options.events}-${event}`;
  }

  #base(use: string) {
    return {
      clientId: `wirebench-${this.#options.role}-${use}`,
      bootstrapBrokers: this.#options.broker.split(','),
      retries: 0,
      timeout: 30_000,
      connectTimeout: 3_000,
      metadataMaxAge: 300_000,
    };
  }

  async #follow(): Promise<void> {
    const consumer: TextConsumer = new Consumer({
      ...this.#base('consumer'),
      ...coordinatorRetries,
      groupId: this.#groupId,
      // A static member: started again after a kill it goes on at once, not after the session of its former self.
      groupInstanceId: this.#groupId,
      ...readingAtOnce,
      deserializers: textHeaders,
    });
    this.#consumer = consumer;
    const topics = [...this.#offsets.keys()];
    const stream = await consumer.consume({ topics, mode: 'committed', fallbackMode: 'earliest' });
    const inHand = recordsInHandOf(stream, mostInHand, {
      isClosed: () => this.#isClosed,
      lost: () => void this.#restart(consumer),
    });
    stream.on('data', (message) => void this.#take(message, inHand));
  }

  async #restart(lost: TextConsumer): Promise<void> {
    await bounded(lostWithinMs, lost.close(true));
    for (const offsets of this.#offsets.values()) offsets.clear();
    this.#begun.clear();
    const follow = async () => {
      try {
        await this.#follow();
      } catch (error) {
        await bounded(lostWithinMs, this.#consumer?.close(true));
        throw error;
      }
    };
    await openAgain(follow, { waits: { next: () => restartAfterMs }, isOver: () => this.#isClosed });
  }

  async #take(message: TextMessage, inHand: RecordsInHand): Promise<void> {
    const { topic, partition, offset, leaderEpoch, headers } = message;
    const place = `${topic} ${partition}`;
    if (offset <= (this.#begun.get(place) ?? -1n)) return;
    this.#begun.set(place, offset);
    const done = this.#offsets.get(topic)?.begin(partition, offset, leaderEpoch);
    const leaveHand = inHand.take();
    await this.#options.hear({
      event: topic.slice(this.#options.events.length + 1),
      id: headers.get(idHeader ?? '') ?? '',
      key: headers.get(keyHeader ?? '') ?? '',
      payload: (message.value as Buffer | null)?.toString() ?? '',
    });
    done?.();
    leaveHand();
  }

  publish({ event, id, key, payload }: FlowEvent): Promise<void> {
    const headers = new Map([
      [Buffer.from(idHeader ?? ''), Buffer.from(id)],
      [Buffer.from(keyHeader ?? ''), Buffer.from(key)],
    ]);
    return new Promise((done) => {
      this.#owed.add({ topic: this.#topicOf(event), key: Buffer.from(id), value: Buffer.from(payload), headers }, done);
    });
  }

  async #commit(): Promise<void> {
    const offsets = [...this.#offsets].flatMap(([topic, of]) => of.take().map((position) => ({ topic, ...position })));
    if (offsets.length > 0) await this.#consumer?.commit({ offsets }).catch(() => undefined);
  }

  async queued(): Promise<number | null> {
    try {
      const lags = await Promise.all(this.#lags.map((lag) => lag.read()));
      return lags.reduce((sum, lag) => sum + lag, 0);
    } catch {
      return null;
    }
  }

  async close(): Promise<void> {
    await this.#commit();
    this.#isClosed = true;
    this.#owed.close();
    await Promise.all(this.#lags.map((lag) => bounded(closeWithinMs, lag.close())));
    await bounded(closeWithinMs, this.#consumer?.close(true));
    await bounded(closeWithinMs, this.#producer.close());
    // The one that starts first ends last.
    if (this.#options.role !== flowSteps[0]) return;
    const admin = new Admin(this.#base('admin'));
    await bounded(closeWithinMs, admin.deleteTopics({ topics: allEvents.map((event) => this.#topicOf(event)) }));
    await bounded(closeWithinMs, admin.close());
  }
}
