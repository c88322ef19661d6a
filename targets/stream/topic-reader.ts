/**
 * One consumer of topics. Alone in a group of its own it keeps its own positions: a lost connection loses and repeats
 * nothing, and nothing is committed. As one of several it commits what it had.
 */
import { Consumer, type ConsumerOptions, type Message } from '@platformatic/kafka';
import { bounded } from '../driver-kit/bounded.ts';
import { openAgain } from '../driver-kit/open-again.ts';
import { GroupCommits } from './group-commits.ts';
import { closeWithinMs, type StreamConsumeOptions } from './stream-client.ts';
import { coordinatorRetries, readingAtOnce, type TextConsumer, type TextStream, textHeaders } from './text-consumer.ts';

const resumeAfterMs = 100;
/** A fresh broker refuses its first groups until there is a coordinator. */
const joinAgainMs = 100;
/** Of a member of several: by its heartbeats it hears that others have joined, who wait for it. */
export const memberHeartbeatMs = 300;
const offsetOf = { earliest: -2n, latest: -1n } as const;

type BaseOptions = Omit<ConsumerOptions<Buffer, Buffer, string, string>, 'groupId'>;
/** The next offset to read, by topic and partition. */
type Positions = Map<string, bigint[]>;

export interface ReadingOptions extends StreamConsumeOptions {
  /**
   * Who this is in a group of several that share the topics out: what it had is committed, so that another one goes on from
   * there, and `from` is where nothing was committed yet. Left out: it is alone, and nothing is committed.
   */
  readonly memberId?: string;
  /**
   * A fetch that fails is at once a loss, and `open` tries until it is closed. Left out: the library tries for ten seconds
   * first, through a broker that is new or away, and tells nobody.
   */
  readonly failsFast?: boolean;
  /** After it was lost: where it was, or what comes from then on. Left out: where it was. */
  readonly goesOn?: 'whereItWas' | 'latest';
  readonly onLost?: () => void;
  /** Its position is fixed: the first time, and again after each loss. */
  readonly onReady?: () => void;
}

export class TopicReader {
  readonly #base: BaseOptions;
  readonly #options: ReadingOptions;
  #consumer: TextConsumer | null = null;
  #stream: TextStream | null = null;
  #isHeld = false;
  #isClosed = false;
  #reconnects = 0;
  #joinedMs = 0;
  #commits: GroupCommits | null = null;

  constructor(base: BaseOptions, options: ReadingOptions) {
    this.#base = base;
    this.#options = options;
  }

  get reconnects(): number {
    return this.#reconnects;
  }

  /** Since it last joined its group, or had to again because others did. */
  get sinceJoinedMs(): number {
    return performance.now() - this.#joinedMs;
  }

  /** Resolves when the position is fixed. */
  async open(): Promise<void> {
    const { groupId, from, failsFast } = this.#options;
    if (failsFast) await this.#openAgain(() => this.#open(groupId, from), joinAgainMs);
    else await this.#open(groupId, from);
  }

  #openAgain(open: () => Promise<void>, afterMs: number): Promise<boolean> {
    return openAgain(open, { waits: { next: () => afterMs }, isOver: () => this.#isClosed });
  }

  async #open(groupId: string, from: 'earliest' | 'latest' | Positions): Promise<void> {
    const consumer = this.#newConsumer(groupId);
    consumer.on('consumer:group:join', () => {
      this.#joinedMs = performance.now();
    });
    try {
      if (this.#options.memberId !== undefined) await this.#follow(consumer, null);
      else await this.#follow(consumer, typeof from === 'string' ? await this.#positionsAt(consumer, from) : from);
    } catch (error) {
      await bounded(closeWithinMs, consumer.close(true));
      throw error;
    }
    this.#consumer = consumer;
    if (this.#isClosed) await this.close();
  }

  /**
   * All partitions' positions, from the start: one not yet known when the connection is lost would begin anew at the
   * latest offset afterwards, and miss what came in between.
   */
  async #positionsAt(consumer: TextConsumer, from: 'earliest' | 'latest'): Promise<Positions> {
    const topics = [...this.#options.topics];
    const found = await consumer.listOffsets({ topics, timestamp: offsetOf[from] });
    return new Map([...found].map(([topic, offsets]) => [topic, [...offsets]]));
  }

  #newConsumer(groupId: string): TextConsumer {
    const { failsFast, memberId } = this.#options;
    return new Consumer({
      ...this.#base,
      ...(failsFast ? { retries: 0 } : coordinatorRetries),
      groupId,
      ...(memberId !== undefined && { groupInstanceId: memberId, heartbeatInterval: memberHeartbeatMs }),
      ...readingAtOnce,
      deserializers: textHeaders,
    });
  }

  /** `next`: null: from where its group is. */
  async #follow(consumer: TextConsumer, next: Positions | null): Promise<void> {
    const { topics, from, onMessage, onReady } = this.#options;
    const offsets = [...(next ?? [])].flatMap(([topic, partitions]) =>
      partitions.map((offset, partition) => ({ topic, partition, offset })),
    );
    const stream = await consumer.consume({
      topics: [...topics],
      ...(next === null ? { mode: 'committed', fallbackMode: from } : { mode: 'manual', offsets }),
    });
    this.#stream = stream;
    const commits = next === null ? new GroupCommits(consumer, topics) : null;
    this.#commits = commits;
    onReady?.();
    stream.on('data', (message: Message<Buffer, Buffer, string, string>) => {
      const { topic, partition, offset, headers, value, key } = message;
      const partitions = next?.get(topic);
      if (partitions !== undefined) partitions[partition] = offset + 1n;
      if (commits !== null && !commits.had(message)) return;
      onMessage((name) => headers.get(name), value ?? null, key ?? null);
    });
    if (this.#isHeld) stream.pause();
    let over = false;
    const resume = () => {
      if (over || this.#isClosed) return;
      over = true;
      void this.#resume(consumer, next);
    };
    stream.on('error', resume);
    stream.on('close', resume);
  }

  async #resume(lost: TextConsumer, next: Positions | null): Promise<void> {
    const { groupId, memberId, from, goesOn = 'whereItWas', onLost } = this.#options;
    this.#consumer = null;
    this.#stream = null;
    void this.#commits?.close();
    onLost?.();
    void bounded(closeWithinMs, lost.close(true));
    // A group of its own each time that it is alone: the old member's session need not run out first.
    const again = () => {
      const group = memberId === undefined ? `${groupId}-${Date.now().toString(36)}` : groupId;
      return this.#open(group, goesOn === 'latest' ? goesOn : (next ?? from));
    };
    if (await this.#openAgain(again, resumeAfterMs)) this.#reconnects++;
  }

  /** Held, nothing more is asked for, on this connection or the next; what is on its way waits here. */
  hold(isOn: boolean): void {
    this.#isHeld = isOn;
    if (isOn) this.#stream?.pause();
    else this.#stream?.resume();
  }

  /** Does not wait for ever. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await bounded(closeWithinMs, this.#commits?.close());
    await bounded(closeWithinMs, this.#consumer?.close(true));
  }
}
