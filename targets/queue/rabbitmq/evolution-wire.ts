/** Requests of two versions through a queue, and their answers through another one. */
import amqplib, { type Channel, type ChannelModel } from 'amqplib';
import {
  answeredAt,
  type EvolutionWire,
  type OpenWire,
  type PlayedService,
  WaitingCalls,
} from '../../evolution/evolution-wire.ts';
import { formats } from '../../evolution/message-format.ts';

const connectTimeoutMs = 5_000;
/** As an answer in a broker has it, which has no status of its own. */
const refusal = 'invalid';

export const rabbitmqEvolutionWire: EvolutionWire = {
  carriedBy: 'amqplib',
  formats,
  open: openRabbitmq,
};

async function openRabbitmq(services: readonly PlayedService[], broker: string): Promise<OpenWire> {
  const [address = ''] = broker.split(',');
  const connection = await amqplib.connect(`amqp://${address}`, { timeout: connectTimeoutMs });
  connection.on('error', () => undefined); // nobody is answered from then on, and whoever plays does not wait for ever
  try {
    return await openQueues(services, connection);
  } catch (error) {
    await connection.close().catch(() => undefined);
    throw error;
  }
}

async function openQueues(services: readonly PlayedService[], connection: ChannelModel): Promise<OpenWire> {
  const channel = await connection.createChannel();
  channel.on('error', () => undefined);
  const requests = await ownQueue(channel);
  const replies = await ownQueue(channel);
  const waiting = new WaitingCalls();
  await channel.consume(requests, (message) => {
    if (message === null) return;
    const { type, correlationId, replyTo } = message.properties;
    const answer = answeredAt(services, type, message.content);
    const outcome = answer === null ? { type: refusal } : {};
    channel.sendToQueue(replyTo, answer ?? Buffer.alloc(0), { correlationId, ...outcome });
    channel.ack(message);
  });
  await channel.consume(replies, (message) => {
    if (message === null) return;
    waiting.answer(message.properties.correlationId, message.properties.type === refusal ? null : message.content);
    channel.ack(message);
  });
  return {
    call: (path, body) =>
      waiting.for(async (correlationId) => {
        channel.sendToQueue(requests, body, { type: path, correlationId, replyTo: replies });
      }),
    close: () => connection.close(),
  };
}

/** Gone with its connection. */
async function ownQueue(channel: Channel): Promise<string> {
  const { queue } = await channel.assertQueue('', { exclusive: true });
  return queue;
}
