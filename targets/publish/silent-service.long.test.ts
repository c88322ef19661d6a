import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { usualPush } from '../../scenarios/push-settings.ts';
import type { GrpcTarget, RestTarget, Target, WebSocketTarget } from '../../scenarios/scenario.ts';
import { loadProtocol } from '../registry.ts';

const common = { engine: 'native', via: 'direct', connections: 1 } as const;
const websocket: WebSocketTarget = { ...common, name: 'a WebSocket', protocol: 'websocket' };
const rest: RestTarget = { ...common, name: 'server-sent events', protocol: 'rest' };
const polling: RestTarget = { ...common, name: 'polling', protocol: 'rest', push: { ...usualPush, pollMs: 20 } };
const grpc: GrpcTarget = { ...common, name: 'a gRPC stream', protocol: 'grpc', reflection: false };
const nobody = { subscribed: () => undefined, received: () => undefined, lost: () => undefined };

let server: Server;
let address: string;

beforeAll(async () => {
  server = createServer();
  new WebSocketServer({ server });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const place = server.address();
  if (place === null || typeof place === 'string') throw new Error('it does not listen');
  address = `127.0.0.1:${place.port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('a service that takes connections and never says that anybody is subscribed', () => {
  it.concurrent.each<Target>([websocket, rest, polling, grpc])(
    'is given up: $name',
    async (target) => {
      const { subscriber } = await loadProtocol(target);
      const context = {
        target,
        address,
        names: {},
        trialTag: 't',
        subscribers: [0],
        count: 1,
        resume: 'lastSeen',
      } as const;
      const opening = subscriber?.open(context, nobody, new AbortController().signal);
      await expect(opening).rejects.toMatchObject({ exitCode: 3 });
    },
    20_000,
  );
});
