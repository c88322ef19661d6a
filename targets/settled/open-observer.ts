/** Who watches for events: a line for each place where they may be seen. */
import type { EventPlace, SettledByPoll } from '../../scenarios/settled-settings.ts';
import type { EventSink, FlowObserver, ObserverContext, OpenObserver } from './flow-observer.ts';

/** Loaded when it is needed. */
const observers = {
  topic: async () => (await import('./topic-observer.ts')).observeTopic,
  queue: async () => (await import('./broker-observer.ts')).observeBroker,
  exchange: async () => (await import('./broker-observer.ts')).observeBroker,
  websocket: async () => (await import('./websocket-observer.ts')).observeWebSocket,
  sse: async () => (await import('./sse-observer.ts')).observeServerSentEvents,
  stream: async () => (await import('./stream-observer.ts')).observeStream,
  poll: async () => (await import('./poll-observer.ts')).observeByPoll,
} as const satisfies { [By in (EventPlace | SettledByPoll)['by']]: () => Promise<OpenObserver<By>> };

/** As `OpenObserver`. */
export async function openObserver(
  settings: EventPlace | SettledByPoll,
  sink: EventSink,
  context: ObserverContext,
): Promise<FlowObserver> {
  const open = (await observers[settings.by]()) as OpenObserver;
  return open(settings, sink, context);
}
