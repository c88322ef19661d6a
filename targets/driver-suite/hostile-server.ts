/**
 * Servers that mean no good, one for each protocol: from the first byte on, or once they were sent what the load sends.
 * Towards RabbitMQ a real one answers until then, for only it knows all that its clients want first.
 */
import { connect, type Socket } from 'node:net';
import type { Protocol } from '../../result/result-types.ts';
import { frame as http2Frame, settings, settingsPayload, uint32Payload } from '../driver-kit/http2/http2-frames.ts';
import { startAdvertisingBroker } from '../stream/fixtures/advertising-broker.ts';
import { acceptFor } from '../websocket/handshake.ts';
import { RawServer } from './raw-server.ts';

/** Of the load's own bytes: every request, message and record has it. */
export const sentText = 'hostile-test-body';
export const hostileTopic = 'hostile';

const chunkBytes = 64 * 1024;
const garbage = Buffer.from(Array.from({ length: chunkBytes }, (_, n) => 0xff - ((n * 167 + (n >> 3) * 31) & 0xff)));

/** What it does to a connection. `first`: its first one, from the first byte on. */
export type Malice = (socket: Socket) => void;

export const malices = {
  silence: () => undefined,
  garbage: (socket) => void socket.write(garbage),
} as const satisfies Record<string, Malice>;

/** Writes `opening` and then `more` for ever, as fast as it is taken, and reads nothing. */
export function pours(opening: Buffer, more: Buffer): Malice {
  const repeated = Buffer.concat(Array.from({ length: Math.ceil(chunkBytes / more.length) }, () => more));
  return (socket) => {
    socket.removeAllListeners('data').pause();
    const pour = () => void (socket.writable && socket.write(repeated, () => setImmediate(pour)));
    socket.write(opening, pour);
  };
}

export interface HostileServer {
  /** `host:port`. */
  readonly address: string;
  close(): Promise<void>;
}

/** Hostile to every connection at once. */
export async function hostileFromTheStart(malice: Malice): Promise<HostileServer> {
  return RawServer.listen((socket) => {
    socket.resume();
    malice(socket);
  });
}

/** Behaves until the load has sent something. `rabbitmq`: address of a real one, for a queue. */
export async function hostileLater(protocol: Protocol, malice: Malice, rabbitmq: string): Promise<HostileServer> {
  if (protocol === 'stream') return hostileBroker(malice);
  return RawServer.listen((socket) => {
    if (protocol === 'queue') relay(socket, rabbitmq, malice);
    else if (protocol === 'grpc') greetAsHttp2(socket, malice);
    else if (protocol === 'websocket') greetAsWebSocket(socket, malice);
    else socket.on('data', () => malice(socket));
  });
}

async function hostileBroker(malice: Malice): Promise<HostileServer> {
  const broker = await startAdvertisingBroker(
    hostileTopic,
    () => ({ host: '127.0.0.1', port: Number(broker.address.split(':')[1]) }),
    malice,
  );
  return broker;
}

function relay(socket: Socket, rabbitmq: string, malice: Malice): void {
  const [host = '', port] = rabbitmq.split(':');
  const upstream = connect({ host, port: Number(port) });
  upstream.on('error', () => undefined);
  let isHostile = false;
  upstream.on('data', (data) => void (isHostile || socket.write(data)));
  socket.once('close', () => upstream.destroy());
  socket.on('data', (data) => {
    if (data.includes(sentText) && !isHostile) {
      isHostile = true;
      malice(socket);
    }
    if (!isHostile) upstream.write(data);
  });
}

/** Preface, settings, window and an acknowledgement are less. */
const http2GreetingBytes = 100;

function greetAsHttp2(socket: Socket, malice: Malice): void {
  const wide = settingsPayload([[settings.initialWindowSize, 0x7fffffff]]);
  const wider = http2Frame(8, 0, 0, uint32Payload(0x7fff0000));
  socket.write(Buffer.concat([http2Frame(4, 0, 0, wide), http2Frame(4, 1, 0), wider]));
  let read = 0;
  socket.on('data', (data) => {
    const before = read;
    read += data.length;
    if (before <= http2GreetingBytes && read > http2GreetingBytes) malice(socket);
  });
}

function greetAsWebSocket(socket: Socket, malice: Malice): void {
  let isOpen = false;
  socket.on('data', (data) => {
    const key = /sec-websocket-key: (\S+)/i.exec(data.toString('latin1'))?.[1];
    if (isOpen || key === undefined) return malice(socket);
    isOpen = true;
    const head = ['HTTP/1.1 101 Switching Protocols', 'upgrade: websocket', 'connection: upgrade'];
    socket.write(`${[...head, `sec-websocket-accept: ${acceptFor(key)}`].join('\r\n')}\r\n\r\n`);
  });
}
