/** One connection with one channel to RabbitMQ, opened again in the background whenever it is lost. */
import type { Socket } from 'node:net';
import amqplib, { type Channel, type ChannelModel, type ConfirmChannel } from 'amqplib';
import type { ReconnectPolicy } from '../../../scenarios/scenario.ts';
import { answersWithin } from '../../driver-kit/answers-within.ts';
import { bounded } from '../../driver-kit/bounded.ts';
import { guardIncoming, malformedAnswer } from '../../driver-kit/guard-incoming.ts';
import { openAgain } from '../../driver-kit/open-again.ts';
import { ReconnectWaits } from '../../driver-kit/reconnect-waits.ts';
import { AmqpFrames } from './amqp-frames.ts';
import { closedByBroker } from './closed-by-broker.ts';
import type { BrokerAddress } from './own-broker.ts';

const connectTimeoutMs = 5_000;
const closeDeadlineMs = 1_500;
const connectionClosed = 'connection closed';

type Reader = (...args: unknown[]) => void;

export interface BrokerChannelOptions {
  /** Of a cluster one of each node: the next is tried when one is lost or cannot be had. At least one. */
  readonly urls: readonly string[];
  /** Credentials and TLS, in amqplib's terms; left out: as it does by itself. */
  readonly socket?: BrokerAddress['options'];
  /** The broker confirms each publish: the channel is a ConfirmChannel. */
  readonly confirms: boolean;
  /** Left out: as usual. */
  readonly reconnect?: ReconnectPolicy | undefined;
  /** Declares what is needed and begins to consume; when it rejects the connection counts as not made. */
  prepare(channel: Channel): Promise<void>;
  /** Ready to publish, for the first time or again. */
  opened(channel: Channel): void;
  /** Whatever was on its way is gone; called once for each `opened`. `reason`: of few distinct values. */
  lost(reason: string): void;
  /** The broker reads nothing more that is published, and says why; null: it does again. */
  blocked?(reason: string | null): void;
}

export class BrokerChannel {
  readonly #options: BrokerChannelOptions;
  readonly #end = new AbortController();
  #connection: ChannelModel | null = null;
  #channel: Channel | null = null;
  /** Among the nodes. */
  #at = 0;
  #reconnects = 0;
  #isHeld = false;
  /** Of the present connection's socket, while it is held. */
  #readers: readonly Reader[] = [];
  /** Of connections before the present one. */
  #bytesBefore = 0;
  #closeReason = connectionClosed;

  constructor(options: BrokerChannelOptions) {
    this.#options = options;
  }

  get reconnects(): number {
    return this.#reconnects;
  }

  /** From all connections, since `open`. */
  get bytesRead(): number {
    return this.#bytesBefore + (this.#connection === null ? 0 : streamOf(this.#connection).bytesRead);
  }

  /** Of the latest connection, as far as the broker has told. */
  get closeReason(): string {
    return this.#closeReason;
  }

  /** Rejects when the first connection cannot be made, to no node. */
  async open(): Promise<void> {
    const { urls } = this.#options;
    for (let others = urls.length - 1; ; others--) {
      try {
        return await this.#openAt(urls[this.#at % urls.length] ?? '');
      } catch (error) {
        this.#at++;
        if (others <= 0) throw error;
      }
    }
  }

  async #openAt(url: string): Promise<void> {
    const { socket, confirms, prepare } = this.#options;
    const connection = await amqplib.connect(url, {
      noDelay: true,
      timeout: connectTimeoutMs,
      ...socket,
    });
    this.#closeReason = connectionClosed;
    guardIncoming(streamOf(connection), new AmqpFrames(), () => {
      this.#closeReason = malformedAnswer;
    });
    connection.on('error', (error: Error) => this.#told('connection', error)); // 'close' follows
    connection.on('blocked', (reason: string) => this.#options.blocked?.(reason));
    connection.on('unblocked', () => this.#options.blocked?.(null));
    const gone = Promise.withResolvers<never>();
    gone.promise.catch(() => undefined);
    connection.once('close', (error?: Error) => gone.reject(error ?? new Error('the connection was closed')));
    try {
      this.#end.signal.throwIfAborted();
      // amqplib bounds the handshake only: a broker that then falls silent would hold everything up.
      const opened = Promise.race([openChannel(connection, confirms, prepare), gone.promise]);
      const channel = await answersWithin(connectTimeoutMs, opened);
      this.#end.signal.throwIfAborted();
      this.#connection = connection;
      this.#channel = channel;
      channel.on('error', (error: Error) => this.#told('channel', error));
      // A broken channel is as good as a lost connection; amqplib mends neither.
      for (const part of [connection, channel]) part.once('close', () => this.#lose(connection));
      this.#options.opened(channel);
      this.#apply(this.#isHeld);
    } catch (error) {
      destroy(connection);
      throw error;
    }
  }

  /**
   * What `publish` hands over leaves in one write: amqplib writes frame by frame when the loop comes round. False: in one
   * that was to leave anyway.
   */
  together(publish: () => void): boolean {
    const { stream } = (this.#connection?.connection ?? {}) as { stream?: Socket };
    if (stream === undefined || stream.writableCorked > 0) {
      publish();
      return false;
    }
    stream.cork();
    publish();
    setImmediate(() => setImmediate(() => stream.uncork()));
    return true;
  }

  /** Held, nothing is read from its socket, this one or the next: what comes waits in the kernel, then at the broker. */
  hold(isOn: boolean): void {
    this.#isHeld = isOn;
    this.#apply(isOn);
  }

  /** amqplib reads whenever the socket can be read, which a mere pause does not end. */
  #apply(isHeld: boolean): void {
    if (this.#connection === null || isHeld === this.#readers.length > 0) return;
    const stream = streamOf(this.#connection);
    if (isHeld) {
      this.#readers = stream.listeners('readable') as Reader[];
      stream.removeAllListeners('readable');
    } else {
      for (const reader of this.#readers) stream.on('readable', reader);
      this.#readers = [];
    }
  }

  /** Gives the connection up and makes a new one, e.g. when the broker has cancelled a consumer. */
  renew(): void {
    if (this.#connection !== null) this.#lose(this.#connection);
  }

  #told(part: 'channel' | 'connection', error: Error): void {
    this.#closeReason = closedByBroker(part, error);
  }

  #lose(connection: ChannelModel): void {
    if (this.#connection !== connection) return;
    this.#bytesBefore = this.bytesRead;
    this.#connection = null;
    this.#readers = [];
    this.#at++;
    // Not at once: a close that the broker asked for is still to be answered.
    setImmediate(() => destroy(connection));
    this.#options.lost(this.#closeReason);
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    const { signal } = this.#end;
    const waits = new ReconnectWaits(this.#options.reconnect);
    if (await openAgain(() => this.open(), { waits, isOver: () => signal.aborted })) this.#reconnects++;
  }

  /** Resolves within about two seconds, whatever the broker does. */
  async close(): Promise<void> {
    this.#end.abort();
    const connection = this.#connection;
    this.#connection = null;
    if (connection === null) return;
    await bounded(closeDeadlineMs, politelyClose(connection, this.#channel));
    destroy(connection);
  }
}

async function openChannel(
  connection: ChannelModel,
  confirms: boolean,
  prepare: BrokerChannelOptions['prepare'],
): Promise<Channel | ConfirmChannel> {
  const channel = confirms ? await connection.createConfirmChannel() : await connection.createChannel();
  channel.on('error', () => undefined); // 'close' follows
  await prepare(channel);
  return channel;
}

/** The channel first: the close of a connection overtakes what amqplib still holds of its channels, which is lost then. */
async function politelyClose(connection: ChannelModel, channel: Channel | null): Promise<void> {
  await channel?.close();
  await connection.close();
}

/** With an error, for amqplib takes no notice of a socket that just ends on our side: its heartbeat would go on. */
function destroy(connection: ChannelModel): void {
  streamOf(connection).destroy(new Error('given up'));
}

function streamOf(connection: ChannelModel): Socket {
  return (connection.connection as unknown as { stream: Socket }).stream;
}
