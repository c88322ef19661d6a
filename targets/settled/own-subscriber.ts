/** Subscribers of the user's own system, whatever protocol it is published to over: an observer each of where its events are seen. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { openedSession } from '../driver-kit/opened-session.ts';
import { unlessAborted } from '../process/unless-aborted.ts';
import type { EventSink, SubscriberContext, SubscriberDriver, Subscription } from '../subscriber.ts';
import type { FlowObserver } from './flow-observer.ts';
import { openObserver } from './open-observer.ts';

/** Opened at the same time. */
const openAtOnce = 20;

export const ownSubscriber: SubscriberDriver = {
  open: (context, sink, signal) => openedSession(new OwnSubscribers(context, sink), signal),
};

class OwnSubscribers implements Subscription {
  readonly #context: SubscriberContext;
  readonly #sink: EventSink;
  readonly #observers = new Map<number, FlowObserver>();
  #opened = 0;

  constructor(context: SubscriberContext, sink: EventSink) {
    this.#context = context;
    this.#sink = sink;
  }

  async open(signal: AbortSignal): Promise<void> {
    const { subscribers } = this.#context;
    for (let from = 0; from < subscribers.length; from += openAtOnce) {
      const some = subscribers.slice(from, from + openAtOnce).map((number) => this.#open(number));
      await unlessAborted(Promise.all(some), signal);
    }
  }

  async #open(number: number): Promise<void> {
    const { target, address, trialTag, resume } = this.#context;
    if (target.events === undefined) throw nowhere(target.name);
    const sink = this.#sink;
    const observer = await openObserver(
      target.events,
      {
        settled: (id) => sink.received(number, id),
        unreadable: () => sink.received(number, ''),
        interrupted: () => undefined,
        opened: () => {
          this.#opened++;
          sink.subscribed(number);
        },
        lost: () => sink.lost(number),
      },
      {
        name: `wirebench-${trialTag}-subscriber-${number}`,
        ...(address !== '' && { through: address }),
        target,
        goesOn: resume === 'lastSeen',
        isChecked: true,
      },
    );
    this.#observers.set(number, observer);
  }

  pause(subscriber: number): void {
    this.#observers.get(subscriber)?.hold?.(true);
  }

  resume(subscriber: number): void {
    this.#observers.get(subscriber)?.hold?.(false);
  }

  reconnects(): number {
    return this.#opened - this.#observers.size;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#observers.values()].map((one) => one.close()));
  }
}

function nowhere(name: string): BenchError {
  return new BenchError('eventsNowhere', `${name}: it is not said where its events are seen`, {
    hint: 'Say so under `events`.',
    exitCode: exitCodes.usage,
  });
}
