/** What targets of several protocols have, the same words for each. */
import { z } from 'zod';
import type { PayloadCodec } from '../codecs.ts';
import type { OnRefusal, StoreName } from '../target-base.ts';
import { lineText, named, object, wholeNumber } from './fields.ts';
import { targetResilienceSchema } from './resilience-schema.ts';
import { auth, tls } from './security-schema.ts';
import { serviceSchema } from './service-schema.ts';
import { eventsSchema, settledSchema } from './settled-schema.ts';
import { ownSubscribers } from './subscription-schema.ts';

export const nativeOnly = z.enum(['native']).default('native').describe('What generates the load.');

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

/** Of every target; `address` is an example of one. */
export function sharedShape(address: string) {
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
    service: serviceSchema.optional(),
    instances: wholeNumber(1, 32)
      .optional()
      .meta({ default: 1 })
      .describe(
        'Processes of our service, each bounded by workload.service by itself: connections are spread over them, consumers compete. Parts service, service-2, …',
      ),
    optional: z
      .boolean()
      .optional()
      .meta({ default: false })
      .describe('It runs only when --target names it. false: with all others.'),
    address: lineText
      .min(1)
      .optional()
      .describe(`The user's own system, e.g. ${address}. Left out: our reference service.`),
    tls,
    auth,
    watch: watch.optional(),
    settled: settledSchema.optional(),
    events: eventsSchema.optional(),
    subscribers: ownSubscribers,
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

export function requests<Request extends z.core.SomeType>(request: Request) {
  return named(request).optional().describe('Own system: what to send for each operation.');
}

export function connections(count: number, most: number) {
  return wholeNumber(1, most).default(count).describe('Connections, over all load threads.');
}

export const ownOr = (library: string) =>
  `Whose code speaks the protocol: the harness’s own, which costs least, or ${library}.`;

const payloadCodecs = ['json', 'msgpack', 'protobuf'] as const satisfies readonly PayloadCodec[];
export const payloadCodec = z
  .enum(payloadCodecs)
  .default('json')
  .describe('Of what our service takes and answers: JSON, MessagePack or protobuf.');
export const messageCodec = z
  .enum(payloadCodecs)
  .optional()
  .describe(
    'The whole request as one object in the body, and the answer alike. Left out: the body is the payload, all else is in headers.',
  );

/** `broker:` chooses among those that speak one wire; the first is the usual one. */
export function brokerAmong<const Name extends string>(brokers: readonly [NamedBroker<Name>, ...NamedBroker<Name>[]]) {
  const [usual, ...others] = brokers;
  return z
    .literal([usual.name, ...others.map(({ name }) => name)])
    .default(usual.name)
    .describe('The broker.');
}

interface NamedBroker<Name extends string> {
  readonly name: Name;
}

export const onRefusal = z
  .enum(['requeue', 'deadLetter', 'drop'] satisfies OnRefusal[])
  .optional()
  .meta({ default: 'requeue' })
  .describe(
    'What becomes of a message that our service refuses and for which nobody waits. requeue: it is tried again after a while; deadLetter: it goes where `deadLetter` says; drop: it is gone.',
  );
