/** What is put under load: one protocol with its settings, in front of our reference service or the user's own system. */
import { z } from 'zod';
import { protocolFacts } from '../protocols/registry.ts';
import type { OnRefusal, PayloadCodec, StoreName } from '../scenario.ts';
import { batch } from './batch-schema.ts';
import { clientSettings } from './client-settings.ts';
import { compression, smallestBody } from './compression-schema.ts';
import { duration, lineText, named, object, wholeNumber } from './fields.ts';
import {
  grpcRequest,
  handshakeHeaders,
  ignore,
  onOpen,
  queueRequest,
  restRequest,
  streamRequest,
  subprotocol,
  webSocketRequest,
} from './request-schema.ts';
import { targetResilienceSchema } from './resilience-schema.ts';
import { tlsSchema } from './tls-schema.ts';

const nativeOnly = z.enum(['native']).default('native').describe('What generates the load.');

const storeNames = ['memory', 'file'] as const satisfies readonly StoreName[];

const watch = object({
  pid: wholeNumber(1, 4_194_304).optional().describe('Its process, with all descendants. Left out: not read.'),
  cgroup: lineText.min(1).optional().describe('Its control group, e.g. system.slice/shop.service. Left out: not read.'),
  prometheus: z
    .url({ protocol: /^https?$/, error: 'is not a URL of http or https' })
    .optional()
    .describe('Where it shows metrics, e.g. http://127.0.0.1:9090/metrics. Left out: not read.'),
  metrics: z
    .array(lineText.min(1))
    .min(1)
    .max(20)
    .optional()
    .describe(
      'Of these metrics: name, or name{label="value"}, summed over all that fit. Left out: CPU and memory only.',
    ),
}).describe(
  'Own system: where its CPU, memory and metrics are read while it is under load. Left out: nobody knows them, and they are null.',
);

function common(address: string) {
  return {
    via: z
      .enum(['toxiproxy', 'direct'])
      .default('toxiproxy')
      .describe('toxiproxy: through the proxy, so that link faults can act; direct: without it.'),
    store: z
      .enum(storeNames)
      .optional()
      .meta({ default: 'memory' })
      .describe(
        'Where our service keeps orders, accounts and idempotency keys. memory: gone with its process; file: a database, each change flushed before it is answered.',
      ),
    instances: wholeNumber(1, 32)
      .optional()
      .meta({ default: 1 })
      .describe(
        'Processes of our service, each bounded by workload.service by itself: connections are spread over them, consumers compete. Parts service, service-2, …',
      ),
    address: lineText
      .min(1)
      .optional()
      .describe(`The user's own system, e.g. ${address}. Left out: our reference service.`),
    tls: tlsSchema.optional(),
    watch: watch.optional(),
    traceparent: z
      .enum(['sampled', 'unsampled', 'off'])
      .optional()
      .meta({ default: 'sampled' })
      .describe(
        'Own system: a `traceparent` header on every request, so that slow and failed operations of the result are found in your tracing. sampled asks the tracer to record each; unsampled leaves that to it; off: not sent. A header of that name in a request wins.',
      ),
    resilience: targetResilienceSchema
      .optional()
      .describe('Where this target’s client differs from the scenario’s `resilience`: what is left out is as there.'),
  };
}

function requests<Request extends z.core.SomeType>(request: Request) {
  return named(request).optional().describe('Own system: what to send for each operation.');
}

function connections(count: number, most: number) {
  return wholeNumber(1, most).default(count).describe('Connections, over all load threads.');
}

const ownOr = (library: string) =>
  `Whose code speaks the protocol: the harness’s own, which costs least, or ${library}.`;

const payloadCodecs = ['json', 'msgpack', 'protobuf'] as const satisfies readonly PayloadCodec[];
const payloadCodec = z
  .enum(payloadCodecs)
  .default('json')
  .describe('Of what our service takes and answers: JSON, MessagePack or protobuf.');
const messageCodec = z
  .enum(payloadCodecs)
  .optional()
  .describe(
    'The whole request as one object in the body, and the answer alike. Left out: the body is the payload, all else is in headers.',
  );

const consume = z
  .boolean()
  .default(false)
  .describe(
    'Own system: operations complete when the harness’s own consumer has the message, not at the acknowledgement.',
  );

const restTarget = object({
  protocol: z.literal('rest').describe('HTTP/1.1 with keep-alive.'),
  connections: connections(64, 10_000),
  client: z.enum(['own', 'undici']).default('own').describe(ownOr('undici')),
  batch: batch('rest'),
  codec: payloadCodec,
  compression: compression(protocolFacts.rest.codecs, smallestBody),
  engine: z.enum(['native', 'autocannon']).default('native').describe('What generates the load.'),
  ...common(protocolFacts.rest.exampleAddress),
  requests: requests(restRequest),
});

const grpcTarget = object({
  protocol: z.literal('grpc').describe('gRPC.'),
  connections: connections(2, 1_000),
  client: z.enum(['own', 'grpc-js']).default('own').describe(ownOr('grpc-js')),
  calls: z
    .enum(['unary', 'stream'])
    .default('unary')
    .describe(
      'unary: each operation is a call. stream: a message on one bidirectional stream a connection, which stays open; answers come as they are ready.',
    ),
  batch: batch('grpc'),
  compression: compression(protocolFacts.grpc.codecs, smallestBody),
  engine: z.enum(['native', 'ghz']).default('native').describe('What generates the load.'),
  ...common(protocolFacts.grpc.exampleAddress),
  proto: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1).max(1_000)], { error: 'expected a file, or a list' })
    .optional()
    .describe('Own system: its .proto file or files, relative to the scenario.'),
  importPaths: z
    .array(z.string().min(1))
    .max(100)
    .optional()
    .describe(
      'Own system: folders in which imports of `proto` are looked for, as -I of protoc. Left out: beside the file and above it, where they are looked for anyway.',
    ),
  protoset: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Own system: a descriptor set, from protoc --include_imports -o or buf build. Left out: `proto` or `reflection` tells the types.',
    ),
  reflection: z.boolean().default(false).describe('Own system: ask the server for its types instead.'),
  authority: lineText
    .regex(/^[\x21-\x7e]+$/, { error: 'has a character that an authority cannot have' })
    .optional()
    .describe('Own system: what it is called in :authority. Left out: the host of the address.'),
  requests: requests(grpcRequest),
});

const webSocketTarget = object({
  protocol: z.literal('websocket').describe('WebSocket, correlated messages.'),
  connections: connections(16, 10_000),
  client: z.enum(['own', 'ws']).default('own').describe(ownOr('ws')),
  batch: batch('websocket'),
  codec: payloadCodec,
  compression: compression(protocolFacts.websocket.codecs, {
    ...smallestBody,
    contextTakeover: z
      .boolean()
      .optional()
      .describe('A message refers to those before it: smaller, for memory on each connection. Left out: true.'),
  }),
  engine: nativeOnly,
  ...common(protocolFacts.websocket.exampleAddress),
  headers: handshakeHeaders,
  subprotocol,
  onOpen,
  ignore,
  requests: requests(webSocketRequest),
});

/** `broker:` chooses among them; the first is the usual one. */
function brokerAmong<const Name extends string>(brokers: readonly [Name, ...Name[]]) {
  return z.literal(brokers).default(brokers[0]).describe('The broker.');
}

const bind = object({
  exchange: lineText.min(1).max(255).describe('Exchange that exists.'),
  routingKey: lineText
    .max(255)
    .default('')
    .describe('Routing key of the binding, with the wildcards of a topic exchange.'),
}).describe('How the exclusive queue is bound; it goes with the connection, and takes nothing from anybody.');

const onRefusal = z
  .enum(['requeue', 'deadLetter', 'drop'] satisfies OnRefusal[])
  .optional()
  .meta({ default: 'requeue' })
  .describe(
    'What becomes of a message that our service refuses and for which nobody waits. requeue: it is tried again after a while; deadLetter: it goes where `deadLetter` says; drop: it is gone.',
  );
const credential = z.string().min(1).max(65_535);

const queueTarget = object({
  protocol: z.literal('queue').describe('AMQP 0-9-1.'),
  broker: brokerAmong(protocolFacts.queue.brokers),
  settings: clientSettings,
  durable: z.boolean().optional().meta({ default: true }).describe('Durable queues and persistent messages.'),
  confirms: z
    .boolean()
    .optional()
    .meta({ default: true })
    .describe('Publisher confirms: acknowledged means that the broker has it.'),
  ack: z
    .enum(['manual', 'auto'])
    .default('manual')
    .describe('When our service’s messages leave the queue: manual, after their effect; auto, as they are sent to it.'),
  onRefusal,
  deadLetter: object({ exchange: lineText.min(1).max(255).describe('Exchange that exists.') })
    .optional()
    .describe(
      'With onRefusal: deadLetter. Left out: an exchange and a queue of the trial’s own, whose messages are counted.',
    ),
  prefetch: wholeNumber(1, 65_535)
    .optional()
    .meta({ default: 100 })
    .describe(
      'Messages that a consumer has unacknowledged at most; of our service never more than it has places (concurrency and waiting).',
    ),
  ackBatch: object({
    every: wholeNumber(1, 65_535).default(1).describe('Messages that one acknowledgement of our service is for.'),
    linger: duration('1ms', '10s').prefault('10ms').describe('… or those that the first has waited so long with.'),
  })
    .optional()
    .describe('Multiple acknowledgements, with ack: manual. Left out: each message by itself.'),
  confirmWindow: wholeNumber(1, 1_000_000)
    .optional()
    .describe('Messages published and not yet confirmed, at most, for each load thread. Left out: no bound.'),
  batch: batch('queue'),
  codec: messageCodec,
  compression: compression(protocolFacts.queue.codecs, smallestBody),
  engine: nativeOnly,
  ...common(protocolFacts.queue.exampleAddress),
  user: credential.optional().describe('Own system: who logs in. Left out: as the address says, else guest.'),
  password: credential
    .optional()
    .describe('Own system: of the user; best from the environment. Left out: as the address says, else guest.'),
  vhost: lineText
    .min(1)
    .max(255)
    .optional()
    .describe('Own system: virtual host. Left out: as the address says, else /.'),
  requests: requests(queueRequest),
  consume: z
    .union([z.boolean(), object({ bind })], { error: 'expected true, false or { bind: { exchange, routingKey } }' })
    .default(false)
    .describe(
      'Own system: operations complete when the harness’s own consumer has the message. true: it takes the messages from the queue of the request; bind: from an exclusive queue of its own.',
    ),
  existing: z
    .enum(['refuse', 'discard'])
    .optional()
    .meta({ default: 'refuse' })
    .describe(
      'A queue that consume or reply takes from holds messages of others. refuse: they stay, and the run ends; discard: they are lost.',
    ),
  reply: object({ queue: lineText.min(1).max(255).describe('Queue on which the answers come.') })
    .optional()
    .describe('Own system: operations complete at the reply.'),
});

const withPassword = (mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512') =>
  object({
    mechanism: z.literal(mechanism).describe('How one logs in.'),
    username: credential.describe('Who logs in.'),
    password: credential.describe('Of the user; best from the environment.'),
  });

const sasl = z
  .discriminatedUnion('mechanism', [
    withPassword('plain'),
    withPassword('scram-sha-256'),
    withPassword('scram-sha-512'),
    object({
      mechanism: z.literal('oauthbearer').describe('How one logs in.'),
      token: credential.describe('The bearer token, best from the environment; it has to last for the run.'),
      extensions: z
        .record(z.string().regex(/^[A-Za-z]+$/), lineText)
        .optional()
        .describe('SASL extensions by name. Left out: none.'),
    }),
  ])
  .describe('Own system: how the clients log in. Left out: they do not.');

const streamTarget = object({
  protocol: z.literal('stream').describe('Kafka.'),
  broker: brokerAmong(protocolFacts.stream.brokers),
  settings: clientSettings,
  acks: z
    .union([z.literal('all'), z.literal(0), z.literal(1)], { error: 'expected all, 0 or 1' })
    .default('all')
    .describe('What a producer waits for: all in-sync replicas, the leader (1), or nothing (0).'),
  linger: duration('0ms', '10s').optional().describe('How long a producer gathers a batch. Left out: 0ms.'),
  partitions: wholeNumber(1, 1_000).default(3).describe('Partitions of the topics.'),
  producers: wholeNumber(1, 100).default(1).describe('Producer clients, over all load threads.'),
  idempotent: z
    .boolean()
    .optional()
    .meta({ default: false })
    .describe('The producer sends a batch again by itself, and the broker knows it again. Needs acks: all.'),
  commit: z
    .enum(['after', 'before'])
    .default('after')
    .describe('When our service commits the offset of a record: after its effect, or before it begins.'),
  onRefusal,
  deadLetter: object({ topic: lineText.min(1).max(249).describe('Topic that exists.') })
    .optional()
    .describe('With onRefusal: deadLetter. Left out: a topic of the trial’s own, whose records are counted.'),
  maxInFlight: wholeNumber(1, 100)
    .optional()
    .meta({ default: 5 })
    .describe('Produce requests under way, for each producer. Default: 5, with idempotent 1.'),
  batch: batch('stream'),
  codec: messageCodec,
  compression: compression(protocolFacts.stream.codecs, {}),
  client: z.enum(['platformatic', 'kafkajs']).default('platformatic').describe('The client library.'),
  engine: nativeOnly,
  ...common(protocolFacts.stream.exampleAddress),
  sasl: sasl.optional(),
  requests: requests(streamRequest),
  consume,
  reply: object({ topic: lineText.min(1).max(249).describe('Topic on which the answers come.') })
    .optional()
    .describe('Own system: operations complete at the reply.'),
});

export const targetSchema = z.discriminatedUnion('protocol', [
  restTarget,
  grpcTarget,
  webSocketTarget,
  queueTarget,
  streamTarget,
]);
