/** Events of a topic of Kafka, read from its end as a group of our own; nothing is committed. */
import type { SettledByTopic } from '../../scenarios/settled-settings.ts';
import { answersWithin } from '../driver-kit/answers-within.ts';
import { cannotConnect } from '../driver-kit/cannot-connect.ts';
import { deepestOf, loginFailureOf } from '../stream/login-failure.ts';
import { PlatformaticClient } from '../stream/platformatic-client.ts';
import { useStreamCodecs } from '../stream/stream-codecs.ts';
import { topicFailureOf } from '../stream/topic-failure.ts';
import { EventReader } from './event-reader.ts';
import { type EventSink, type FlowObserver, type ObserverContext, observeWithinMs } from './flow-observer.ts';

/** A fresh broker creates its coordinator's topic at the first group. */
const joinWithinMs = 25_000;
const nothing = Buffer.alloc(0);

export async function observeTopic(
  settings: SettledByTopic,
  sink: EventSink,
  { name, through, goesOn = true }: ObserverContext,
): Promise<FlowObserver> {
  const { address, topic, tls, sasl } = settings;
  const events = new EventReader(settings);
  useStreamCodecs(undefined);
  const client = new PlatformaticClient({
    ...(through !== undefined && { linkOf: () => through }),
    ...{ address, tls, sasl, clientId: name, acks: 'all', compression: undefined },
    producers: 0,
    onLost: () => undefined,
  });
  try {
    await answersWithin(observeWithinMs, client.describe([topic]));
    const reader = client.reader({
      topics: [topic],
      groupId: name,
      from: 'latest',
      failsFast: sink.lost !== undefined,
      goesOn: goesOn ? 'whereItWas' : 'latest',
      onReady: () => sink.opened?.(),
      onLost: () => sink.lost?.(),
      onMessage: (header, value, key) =>
        events.read(sink, settings.id === 'key' ? () => key?.toString() : header, value ?? nothing),
    });
    await answersWithin(joinWithinMs, reader.open());
    // A lost connection goes on where it was: the topic keeps what came meanwhile.
    return { hold: (isOn) => reader.hold(isOn), close: () => client.close() };
  } catch (cause) {
    await client.close();
    throw cannotObserve(settings, cause);
  }
}

function cannotObserve({ address, topic, sasl }: SettledByTopic, cause: unknown) {
  const peer = `Kafka at ${address}, where events are looked for in topic ${topic},`;
  const login = loginFailureOf(cause, sasl);
  if (login !== null) return cannotConnect(peer, login, 'Check `sasl` there.', null);
  const found = topicFailureOf(cause, [topic], sasl);
  if (found !== null) return cannotConnect(peer, found.why, found.hint, null);
  return cannotConnect(peer, deepestOf(cause), 'Check `topic` and `address`.', cause);
}
