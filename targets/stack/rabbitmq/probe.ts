/** Real round trips: through one node, or from one through all of a cluster. */
import { randomBytes } from 'node:crypto';
import amqplib, { type ChannelModel, type ConfirmChannel } from 'amqplib';
import { allOrNone } from '../../all-or-none.ts';

const connectTimeoutMs = 2_000;
const readings = 100;

/**
 * A message there and back; resolves with the broker's version. `address`: `host:port`, of a cluster all of them with commas
 * between. Of several a queue that the first was asked for must be known to each, and take a message from the last.
 */
export async function probeRabbitmq(address: string): Promise<string> {
  const [first = '', ...others] = address.split(',');
  return others.length === 0 ? probeOne(first) : probeCluster([first, ...others]);
}

async function probeOne(address: string): Promise<string> {
  const connection = await connect(address);
  try {
    const channel = await connection.createChannel();
    channel.on('error', () => undefined);
    const { queue } = await channel.assertQueue('', { exclusive: true });
    channel.sendToQueue(queue, Buffer.from('ready?'));
    for (let reading = 0; (await channel.get(queue, { noAck: true })) === false; reading++) {
      if (reading === readings) throw new Error('a message did not come back');
    }
    return versionOf(connection);
  } finally {
    await connection.close().catch(() => undefined);
  }
}

async function probeCluster(addresses: readonly string[]): Promise<string> {
  const queue = `wirebench-probe-${randomBytes(4).toString('hex')}`;
  const connections = await allOrNone(addresses.map(connect), (one) => one.close().catch(() => undefined));
  try {
    const channels: ConfirmChannel[] = [];
    for (const connection of connections) {
      const channel = await connection.createConfirmChannel();
      channel.on('error', () => undefined);
      channels.push(channel);
    }
    const [first, last] = [channels[0], channels.at(-1)] as [ConfirmChannel, ConfirmChannel];
    await first.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    try {
      for (const channel of channels) await channel.checkQueue(queue);
      last.sendToQueue(queue, Buffer.from('ready?'), { persistent: true });
      await last.waitForConfirms();
    } finally {
      await first.deleteQueue(queue);
    }
    return versionOf(connections[0] as ChannelModel);
  } finally {
    await Promise.all(connections.map((one) => one.close().catch(() => undefined)));
  }
}

async function connect(address: string): Promise<ChannelModel> {
  const connection = await amqplib.connect(`amqp://${address}`, { timeout: connectTimeoutMs });
  connection.on('error', () => undefined);
  return connection;
}

function versionOf(connection: ChannelModel): string {
  return String(connection.connection.serverProperties.version);
}
