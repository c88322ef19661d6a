/**
 * Subscribers of Kafka: a consumer group each, so that each has all records of the topic, and connections of its own. A
 * position is kept by who reads, as any client of Kafka does while it lives; after a cut it goes on from there. With
 * `subscription: shared` they are one group, whose positions are committed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamTarget } from '../../scenarios/scenario.ts';
import { answersWithin } from '../driver-kit/answers-within.ts';
import { openedSession } from '../driver-kit/opened-session.ts';
import { unlessAborted } from '../process/unless-aborted.ts';
import type { EventSink, SubscriberContext, SubscriberDriver, Subscription } from '../subscriber.ts';
import { cannotOpen, joinDeadlineMs, openDeadlineMs } from './driver.ts';
import { PlatformaticClient } from './platformatic-client.ts';
import { useStreamCodecs } from './stream-codecs.ts';
import { idHeader, replyTopicHeader } from './stream-headers.ts';
import { memberHeartbeatMs, type TopicReader } from './topic-reader.ts';

/** Whoever was to hear of others by its heartbeats has. */
const stableMs = 4 * memberHeartbeatMs;

export const streamSubscriber: SubscriberDriver = {
  async open(context, sink, signal) {
    const explain = (cause: unknown) => (signal.aborted ? cause : cannotOpen(context, cause));
    return openedSession(new StreamSubscribers(context, sink), signal, explain);
  },
};

class StreamSubscribers implements Subscription {
  readonly #context: SubscriberContext;
  readonly #sink: EventSink;
  readonly #client: PlatformaticClient;
  readonly #readers = new Map<number, TopicReader>();
  #isClosed = false;

  constructor(context: SubscriberContext, sink: EventSink) {
    this.#context = context;
    this.#sink = sink;
    const { target, address, linkOf, trialTag } = context;
    const { tls, sasl, compression } = target as StreamTarget;
    useStreamCodecs(compression);
    this.#client = new PlatformaticClient({
      ...{
        address,
        linkOf,
        tls,
        sasl,
        clientId: `wirebench-${trialTag}-subscriber`,
        acks: 'all',
        compression: undefined,
      },
      producers: 0,
      onLost: () => undefined,
    });
  }

  get #isShared(): boolean {
    return (this.#context.target as StreamTarget).subscription === 'shared';
  }

  get #topic(): string {
    return this.#context.names.requests ?? '';
  }

  async open(signal: AbortSignal): Promise<void> {
    await unlessAborted(answersWithin(openDeadlineMs, this.#client.describe([this.#topic])), signal);
    const reading = Promise.all(this.#context.subscribers.map((number) => this.#read(number)));
    await unlessAborted(
      answersWithin(
        joinDeadlineMs,
        reading.then(() => this.#untilStable()),
      ),
      signal,
    );
  }

  /** Whoever joins a group that is shared makes all others join anew, and what they have in hand then may come twice. */
  async #untilStable(): Promise<void> {
    if (!this.#isShared) return;
    const sinceJoined = () => Math.min(...[...this.#readers.values()].map(({ sinceJoinedMs }) => sinceJoinedMs));
    while (sinceJoined() < stableMs && !this.#isClosed) await sleep(memberHeartbeatMs);
  }

  async #read(number: number): Promise<void> {
    const { trialTag, resume } = this.#context;
    const isShared = this.#isShared;
    const sink = this.#sink;
    const reader = this.#client.reader({
      topics: [this.#topic],
      groupId: `wirebench-${trialTag}-subscriber${isShared ? 's' : `-${number}`}`,
      ...(isShared && { memberId: `subscriber-${number}` }),
      // A shared group has no place of its own before the first commit; the topic is the trial's own.
      from: isShared ? 'earliest' : 'latest',
      failsFast: true,
      goesOn: resume === 'none' ? 'latest' : 'whereItWas',
      onReady: () => sink.subscribed(number),
      onLost: () => sink.lost(number),
      onMessage: (header) => {
        // One that is to be answered was sent to the service alone.
        if (header(replyTopicHeader) === undefined) sink.received(number, header(idHeader) ?? '');
      },
    });
    this.#readers.set(number, reader);
    await reader.open();
  }

  pause(subscriber: number): void {
    this.#readers.get(subscriber)?.hold(true);
  }

  resume(subscriber: number): void {
    this.#readers.get(subscriber)?.hold(false);
  }

  reconnects(): number {
    return [...this.#readers.values()].reduce((sum, { reconnects }) => sum + reconnects, 0);
  }

  bytesRead(): number {
    return this.#client.bytesRead;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#client.close();
  }
}
