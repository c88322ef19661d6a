/** For tests of links: how long a small exchange takes, over real clients. */
import { randomBytes } from 'node:crypto';
import { Admin, Producer, stringSerializers } from '@platformatic/kafka';
import amqplib from 'amqplib';
import { createTopics } from '../stream/create-topics.ts';

/** Median of a few sends through one connection, each waiting for the broker's acknowledgement, milliseconds. */
export type Probe = (sends: number) => Promise<number>;

export interface OpenProbe {
  readonly measure: Probe;
  close(): Promise<void>;
}

export async function openRabbitmqProbe(address: string): Promise<OpenProbe> {
  const connection = await amqplib.connect(`amqp://${address}`);
  connection.on('error', () => undefined);
  const channel = await connection.createConfirmChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  return {
    measure: medianOf(
      () =>
        new Promise<void>((resolve, reject) => {
          channel.sendToQueue(queue, Buffer.from('x'), {}, (error) => (error ? reject(error) : resolve()));
        }),
    ),
    close: () => connection.close(),
  };
}

export async function openKafkaProbe(address: string): Promise<OpenProbe & { readonly brokerAddresses: string[] }> {
  const options = { clientId: 'wirebench-test', bootstrapBrokers: [address], retries: 0, timeout: 10_000 };
  const topic = `wirebench-test-${randomBytes(4).toString('hex')}`;
  await createTopics(options, { topics: [topic], partitions: 1, replicas: 1 });
  const admin = new Admin(options);
  const producer = new Producer({ ...options, serializers: stringSerializers });
  const { brokers } = await admin.metadata({ topics: [topic] });
  return {
    brokerAddresses: [...brokers.values()].map(({ host, port }) => `${host}:${port}`),
    measure: medianOf(() => producer.send({ messages: [{ topic, key: 'k', value: 'x' }], acks: -1 })),
    async close() {
      await producer.close(true);
      await admin.deleteTopics({ topics: [topic] });
      await admin.close();
    },
  };
}

function medianOf(send: () => Promise<unknown>): Probe {
  return async (sends) => {
    const took: number[] = [];
    for (let n = 0; n < sends; n++) {
      const begun = performance.now();
      await send();
      took.push(performance.now() - begun);
    }
    return took.sort((a, b) => a - b)[Math.floor(sends / 2)] ?? 0;
  };
}
