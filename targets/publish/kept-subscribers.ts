/** Subscribers that each keep a stream of events open, and go on behind their last event when they lost it. */
import { BenchError } from '../../result/bench-error.ts';
import { answersWithin } from '../driver-kit/answers-within.ts';
import { cannotConnect } from '../driver-kit/cannot-connect.ts';
import { openAgain } from '../driver-kit/open-again.ts';
import { ReconnectWaits } from '../driver-kit/reconnect-waits.ts';
import type { EventSink, SubscriberContext, Subscription } from '../subscriber.ts';

export interface StreamEvents {
  /** Before the first event; `position`: behind which it begins. */
  subscribed(position: number): void;
  received(position: number, id: string): void;
  /** Once, of a stream that was subscribed. */
  ended(): void;
}

export interface EventStream {
  /** Its socket is not read until `resume`. */
  pause(): void;
  resume(): void;
  /** So far; left out: not known. */
  bytesRead?(): number;
  /** At once. */
  close(): void;
}

/** `after`: the position behind which it goes on; null: with what is published next. Resolves once it is subscribed. */
export type OpenStream = (after: number | null, events: StreamEvents) => Promise<EventStream>;

/** Opened at the same time. */
const openAtOnce = 50;
const openWithinMs = 5_000;

/** As `opening`, of a stream; what does not answer in time, or rejects, is given up. */
export async function openedInTime<T>(opening: Promise<T>, giveUp: () => void): Promise<T> {
  try {
    return await answersWithin(openWithinMs, opening);
  } catch (error) {
    giveUp();
    throw error;
  }
}

/** `what`: for messages; `countsBytes`: its streams know what they read. */
export async function keepSubscribers(
  { subscribers, resume, address }: SubscriberContext,
  sink: EventSink,
  signal: AbortSignal,
  { what, open, countsBytes }: { readonly what: string; readonly open: OpenStream; readonly countsBytes: boolean },
): Promise<Subscription> {
  const kept = new Map(
    subscribers.map((number) => [number, new KeptSubscriber(number, sink, resume === 'lastSeen', open)]),
  );
  const all = [...kept.values()];
  const closeAll = async () => all.forEach((one) => void one.close());
  let opened = 0;
  try {
    for (; opened < all.length; opened += openAtOnce) {
      signal.throwIfAborted();
      await Promise.all(all.slice(opened, opened + openAtOnce).map((one) => one.open()));
    }
  } catch (cause) {
    await closeAll();
    if (cause instanceof BenchError || signal.aborted) throw cause;
    const said = cause instanceof Error ? cause.message : String(cause);
    const sofar =
      opened === 0
        ? ''
        : `After ${opened} of ${all.length} in one process: each takes an open file of the service and two of the proxy (ulimit -n). `;
    throw cannotConnect(`${what} at ${address}`, said, `${sofar}Look at the log of the service.`, cause);
  }
  return {
    pause: (subscriber) => kept.get(subscriber)?.pause(),
    resume: (subscriber) => kept.get(subscriber)?.resume(),
    reconnects: () => all.reduce((sum, { reconnects }) => sum + reconnects, 0),
    ...(countsBytes && { bytesRead: () => all.reduce((sum, one) => sum + one.bytesRead(), 0) }),
    close: closeAll,
  };
}

class KeptSubscriber {
  readonly #number: number;
  readonly #sink: EventSink;
  readonly #goesOn: boolean;
  readonly #openStream: OpenStream;
  #stream: EventStream | null = null;
  #position: number | null = null;
  #endedBytes = 0;
  #isPaused = false;
  #isClosed = false;
  reconnects = 0;

  constructor(number: number, sink: EventSink, goesOn: boolean, openStream: OpenStream) {
    this.#number = number;
    this.#sink = sink;
    this.#goesOn = goesOn;
    this.#openStream = openStream;
  }

  async open(): Promise<void> {
    const stream = await this.#openStream(this.#goesOn ? this.#position : null, {
      subscribed: (position) => {
        this.#position = position;
        this.#sink.subscribed(this.#number);
      },
      received: (position, id) => {
        this.#sink.received(this.#number, id);
        this.#position = position;
      },
      ended: () => void this.#comeAgain(),
    });
    this.#stream = stream;
    if (this.#isClosed) stream.close();
    else if (this.#isPaused) stream.pause();
  }

  pause(): void {
    this.#isPaused = true;
    this.#stream?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#stream?.resume();
  }

  bytesRead(): number {
    return this.#endedBytes + (this.#stream?.bytesRead?.() ?? 0);
  }

  close(): void {
    this.#isClosed = true;
    this.#stream?.close();
  }

  async #comeAgain(): Promise<void> {
    if (this.#isClosed) return;
    this.#sink.lost(this.#number);
    this.#endedBytes += this.#stream?.bytesRead?.() ?? 0;
    this.#stream = null;
    const isBack = await openAgain(() => this.open(), { waits: new ReconnectWaits(), isOver: () => this.#isClosed });
    if (isBack) this.reconnects++;
  }
}
