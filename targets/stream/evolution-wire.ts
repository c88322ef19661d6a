/** Requests of two versions through a topic, and their answers through another one. */
import { randomBytes } from 'node:crypto';
import { bounded } from '../driver-kit/bounded.ts';
import { packageLabel } from '../driver-kit/client-label.ts';
import {
  answeredAt,
  type EvolutionWire,
  type OpenWire,
  type PlayedService,
  WaitingCalls,
} from '../evolution/evolution-wire.ts';
import { formats } from '../evolution/message-format.ts';
import { createTopics, withAdmin } from './create-topics.ts';
import { KafkajsClient } from './kafkajs-client.ts';
import { closeWithinMs } from './stream-client.ts';

/** As an answer in a broker has it, which has no status of its own. */
const refusal = 'invalid';
const replicas = 1;

export const streamEvolutionWire: EvolutionWire = {
  carriedBy: packageLabel('kafkajs'),
  formats,
  open: openKafka,
};

async function openKafka(services: readonly PlayedService[], broker: string): Promise<OpenWire> {
  const name = `wirebench-evolution-${randomBytes(4).toString('hex')}`;
  const [requests, replies] = [`${name}-requests`, `${name}-replies`] as const;
  const topics = [requests, replies];
  const admin = { clientId: name, bootstrapBrokers: broker.split(',') };
  await createTopics(admin, { topics, partitions: 1, replicas });
  const client = new KafkajsClient({
    ...{ compression: undefined, address: broker, clientId: name, acks: 'all', producers: 1, onLost: () => undefined },
  });
  const close = async () => {
    await client.close();
    const deleting = withAdmin(admin, (one) => one.deleteTopics({ topics }));
    await bounded(closeWithinMs, deleting);
  };
  try {
    return { close, call: await converse(client, services, requests, replies) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function converse(
  client: KafkajsClient,
  services: readonly PlayedService[],
  requests: string,
  replies: string,
): Promise<OpenWire['call']> {
  const waiting = new WaitingCalls();
  const send = (topic: string, value: Buffer | null, headerNames: string[], headerValues: string[]) =>
    client.send(0, [{ topic, key: undefined, value, headerNames, headerValues }]);
  await client.connect(0);
  const from = 'earliest';
  await Promise.all([
    client.consume({
      ...{ topics: [requests], groupId: requests, from },
      onMessage(header, value) {
        const answer = answeredAt(services, header('path'), value ?? Buffer.alloc(0));
        const told = [header('correlation-id') ?? '', answer === null ? refusal : 'ok'];
        // What cannot be sent is an answer that does not come.
        send(replies, answer, ['correlation-id', 'outcome'], told).catch(() => undefined);
      },
    }),
    client.consume({
      ...{ topics: [replies], groupId: replies, from },
      onMessage(header, value) {
        waiting.answer(header('correlation-id') ?? '', header('outcome') === refusal ? null : value);
      },
    }),
  ]);
  return (path, body) => waiting.for((id) => send(requests, body, ['path', 'correlation-id'], [path, id]));
}
