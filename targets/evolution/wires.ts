/** The five protocols as ways for one request and its answer: a service behind a path, which may refuse what it cannot read. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Client, credentials, Server, ServerCredentials, type ServiceDefinition, status } from '@grpc/grpc-js';
import amqplib, { type Channel } from 'amqplib';
import Fastify from 'fastify';
import { WebSocket, WebSocketServer } from 'ws';
import { createTopics } from '../stream/create-topics.ts';
import { KafkajsClient } from '../stream/kafkajs-client.ts';

export interface Service {
  readonly path: string;
  /** Throws for a request that it refuses. */
  serve(request: Buffer): Buffer;
}

export interface Wire {
  /** null: the service refused. */
  call(path: string, request: Buffer): Promise<Buffer | null>;
  close(): Promise<unknown>;
}

export interface Brokers {
  /** `host:port`. */
  readonly rabbitmq: string;
  readonly kafka: string;
}

type OpenWire = (services: readonly Service[], brokers: Brokers) => Promise<Wire>;

export const wires = {
  REST: openRest,
  gRPC: openGrpc,
  WebSocket: openWebSocket,
  RabbitMQ: openRabbitmq,
  Kafka: openKafka,
} as const satisfies Record<string, OpenWire>;

export type WireName = keyof typeof wires;

/** As an answer in a broker has it, which has no status of its own. */
const refusal = 'invalid';

async function openRest(services: readonly Service[]): Promise<Wire> {
  const server = Fastify();
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  for (const { path, serve } of services) {
    server.post(`/${path}`, (request, reply) => {
      const answer = answered(serve, request.body as Buffer);
      return answer === null ? reply.code(400).send() : reply.type('application/octet-stream').send(answer);
    });
  }
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    async call(path, body) {
      const headers = { 'content-type': 'application/octet-stream' };
      const response = await fetch(`${url}/${path}`, { method: 'POST', body: new Uint8Array(body), headers });
      const answer = Buffer.from(await response.arrayBuffer());
      return response.status === 200 ? answer : null;
    },
    close: () => server.close(),
  };
}

/** Requests are read where the library reads them, so that a refusal is its own. */
async function openGrpc(services: readonly Service[]): Promise<Wire> {
  const server = new Server();
  for (const { path, serve } of services) {
    const method = { path: `/${path}/Call`, requestStream: false, responseStream: false };
    const codecs = { requestSerialize: asItIs, requestDeserialize: serve, responseSerialize: asItIs };
    const definition: ServiceDefinition = { Call: { ...method, ...codecs, responseDeserialize: asItIs } };
    server.addService(definition, {
      Call: (call: { request: Buffer }, done: (error: null, answer: Buffer) => void) => done(null, call.request),
    });
  }
  const listening = Promise.withResolvers<number>();
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
    if (error === null) listening.resolve(port);
    else listening.reject(error);
  });
  const client = new Client(`127.0.0.1:${await listening.promise}`, credentials.createInsecure());
  return {
    call: (path, body) =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(`/${path}/Call`, asItIs, asItIs, body, (error, answer) => {
          if (error === null) resolve(answer ?? Buffer.alloc(0));
          else if (error.code === status.INTERNAL) resolve(null);
          else reject(error);
        });
      }),
    async close() {
      client.close();
      server.forceShutdown();
    },
  };
}

/** A connection is for one path; a message that is refused ends it with 1007, as RFC 6455 says. */
async function openWebSocket(services: readonly Service[]): Promise<Wire> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket, { url }) => {
    socket.on('message', (data) => {
      const answer = answeredAt(services, url?.slice(1), data as Buffer);
      if (answer === null) socket.close(1007);
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
      if (first === 1007) return null;
      socket.close();
      return first as Buffer;
    },
    async close() {
      server.close();
    },
  };
}

async function openRabbitmq(services: readonly Service[], { rabbitmq }: Brokers): Promise<Wire> {
  const connection = await amqplib.connect(`amqp://${rabbitmq}`);
  const channel = await connection.createChannel();
  const requests = await ownQueue(channel);
  const replies = await ownQueue(channel);
  const waiting = new Waiting();
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

async function ownQueue(channel: Channel): Promise<string> {
  const { queue } = await channel.assertQueue('', { exclusive: true });
  return queue;
}

async function openKafka(services: readonly Service[], { kafka }: Brokers): Promise<Wire> {
  const name = `wirebench-evolution-${randomBytes(4).toString('hex')}`;
  const [requests, replies] = [`${name}-requests`, `${name}-replies`] as const;
  const asked = { topics: [requests, replies], partitions: 1, replicas: 1 };
  await createTopics({ clientId: name, bootstrapBrokers: [kafka] }, asked);
  const client = new KafkajsClient({
    ...{ compression: undefined, address: kafka, clientId: name, acks: 'all', producers: 1, onLost: () => undefined },
  });
  const waiting = new Waiting();
  const send = (topic: string, value: Buffer | null, headerNames: string[], headerValues: string[]) =>
    client.send(0, [{ topic, key: undefined, value, headerNames, headerValues }]);
  await client.connect(0);
  const from = 'earliest';
  await Promise.all([
    client.consume({
      ...{ topics: [requests], groupId: `${name}-service`, from },
      onMessage(header, value) {
        const answer = answeredAt(services, header('path'), value ?? Buffer.alloc(0));
        const outcome = answer === null ? refusal : 'ok';
        void send(replies, answer, ['correlation-id', 'outcome'], [header('correlation-id') ?? '', outcome]);
      },
    }),
    client.consume({
      ...{ topics: [replies], groupId: `${name}-client`, from },
      onMessage(header, value) {
        waiting.answer(header('correlation-id') ?? '', header('outcome') === refusal ? null : value);
      },
    }),
  ]);
  return {
    call: (path, body) => waiting.for((id) => send(requests, body, ['path', 'correlation-id'], [path, id])),
    close: () => client.close(),
  };
}

/** Calls whose answers come by another way. */
class Waiting {
  readonly #calls = new Map<string, (answer: Buffer | null) => void>();
  #count = 0;

  async for(send: (id: string) => Promise<void>): Promise<Buffer | null> {
    const id = String(this.#count++);
    const { promise, resolve } = Promise.withResolvers<Buffer | null>();
    this.#calls.set(id, resolve);
    await send(id);
    return promise;
  }

  answer(id: string, answer: Buffer | null): void {
    this.#calls.get(id)?.(answer);
    this.#calls.delete(id);
  }
}

function answeredAt(services: readonly Service[], path: string | undefined, request: Buffer): Buffer | null {
  const service = services.find((one) => one.path === path);
  if (service === undefined) throw new Error(`no service at ${path}`);
  return answered(service.serve, request);
}

function answered(serve: Service['serve'], request: Buffer): Buffer | null {
  try {
    return serve(request);
  } catch {
    return null;
  }
}

function asItIs(bytes: Buffer): Buffer {
  return bytes;
}
