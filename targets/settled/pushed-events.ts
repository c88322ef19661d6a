/** Events that come by themselves over a connection of ours: what is lost is opened again, and held when it is asked for. */
import { openAgain } from '../driver-kit/open-again.ts';
import { ReconnectWaits } from '../driver-kit/reconnect-waits.ts';
import type { EventReader } from './event-reader.ts';
import { type EventSink, type FlowObserver, lookAgain } from './flow-observer.ts';

/** An answer, a call, a socket. */
export interface Feed {
  pause(): void;
  resume(): void;
  once(event: 'close', listener: () => void): unknown;
}

export abstract class PushedEvents implements FlowObserver {
  protected readonly sink: EventSink;
  protected readonly reader: EventReader;
  #feed: Feed | null = null;
  #isHeld = false;
  #isClosed = false;

  constructor(sink: EventSink, reader: EventReader) {
    this.sink = sink;
    this.reader = reader;
  }

  /** Resolves once what comes is followed; rejects when it cannot be had. */
  abstract open(): Promise<void>;

  /** Lets go of the connection, at whatever point it is. */
  protected abstract end(): void;

  /** Whether what came while it was cut off is kept for nobody. */
  protected get isMissed(): boolean {
    return true;
  }

  /** From here on its events come; when it closes the next one is opened. */
  protected hear(feed: Feed): void {
    this.#feed = feed;
    this.sink.opened?.();
    if (this.#isHeld) feed.pause();
    feed.once('close', () => void this.#openAgain());
  }

  async #openAgain(): Promise<void> {
    if (this.#isClosed) return;
    this.sink.lost?.();
    if (this.isMissed) this.sink.interrupted();
    await openAgain(() => this.open(), { waits: new ReconnectWaits(lookAgain), isOver: () => this.#isClosed });
  }

  hold(isOn: boolean): void {
    this.#isHeld = isOn;
    if (isOn) this.#feed?.pause();
    else this.#feed?.resume();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.end();
  }
}
