/** Requests of two versions over WebSockets: a connection is for one path, and ends with 1007 for what is refused (RFC 6455). */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { packageLabel } from '../driver-kit/client-label.ts';
import { answeredAt, type EvolutionWire, type OpenWire, type PlayedService } from '../evolution/evolution-wire.ts';
import { formats } from '../evolution/message-format.ts';

const unreadable = 1007;

export const websocketEvolutionWire: EvolutionWire = {
  carriedBy: packageLabel('ws'),
  formats,
  open: openWebSocket,
};

async function openWebSocket(services: readonly PlayedService[]): Promise<OpenWire> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket, { url }) => {
    socket.on('message', (data) => {
      const answer = answeredAt(services, url?.slice(1), data as Buffer);
      if (answer === null) socket.close(unreadable);
      else socket.send(answer);
    });
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    async call(path, body) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/${path}`);
      await once(socket, 'open');
      const told = Promise.race([once(socket, 'message'), once(socket, 'close')]);
      socket.send(body);
      const [first] = await told;
      if (first === unreadable) return null;
      if (typeof first === 'number') throw new Error(`the connection was closed with ${first}`);
      socket.close();
      return first as Buffer;
    },
    async close() {
      server.close();
    },
  };
}
