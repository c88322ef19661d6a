/** Who watches for the event that settles a flow: a line for each place where it may be seen. */
import type { SettledSettings } from '../../scenarios/settled-settings.ts';
import type { EventSink, FlowObserver, OpenObserver } from './flow-observer.ts';

/** Loaded when it is needed. */
const observers = {
  topic: async () => (await import('./topic-observer.ts')).observeTopic,
  queue: async () => (await import('./broker-observer.ts')).observeBroker,
  exchange: async () => (await import('./broker-observer.ts')).observeBroker,
  websocket: async () => (await import('./websocket-observer.ts')).observeWebSocket,
  poll: async () => (await import('./poll-observer.ts')).observeByPoll,
} as const satisfies { [By in SettledSettings['by']]: () => Promise<OpenObserver<By>> };

/** As `OpenObserver`. */
export async function openObserver(settings: SettledSettings, sink: EventSink, name: string): Promise<FlowObserver> {
  const open = (await observers[settings.by]()) as OpenObserver;
  return open(settings, sink, name);
}
