/**
 * `settings:` of a target behind a broker: what a producer or consumer does without being told, or what the broker's makers
 * advise for much traffic. A key that is written wins. Where the values come from: docs/fairness.md.
 */
import { z } from 'zod';
import type { AckBatch } from '../protocols/queue/target.ts';
import type { Batch, ClientSettings, ClientSettingsName } from '../target-base.ts';

const names = ['client-defaults', 'tuned'] as const satisfies readonly ClientSettingsName[];

export const clientSettings = z
  .enum(names)
  .optional()
  .describe(
    'Where the keys that are left out come from. client-defaults: a client that was told nothing (Kafka’s own for Java, amqplib); tuned: what the broker’s makers advise for much traffic. Left out: Wirebench’s own, as this page says.',
  );

/** AMQP knows no larger bound; a client that was told nothing has none. */
export const unboundedPrefetch = 65_535;
const kafkaBatchBytes = 16_384;
const tunedBatchBytes = 131_072;
/** A topic takes requests of 1 MiB unless it is told otherwise. */
const mostRequestBytes = 786_432;
const mostMessages = 10_000;

interface WrittenStream {
  readonly settings?: ClientSettingsName | undefined;
  readonly acks?: 'all' | 0 | 1 | undefined;
  readonly linger?: number | undefined;
  readonly idempotent?: boolean | undefined;
  readonly partitions?: number | undefined;
  readonly client?: 'platformatic' | 'kafkajs' | undefined;
  readonly address?: string | undefined;
  readonly batch?: object | undefined;
}

export interface StreamDefaults {
  readonly linger: number;
  readonly idempotent: boolean;
  /** undefined: what is pending when a request leaves. */
  readonly batch: Omit<Batch, 'lingerMs'> | undefined;
}

/** `replicas`: of a cluster each partition has producers of its own. Milliseconds and bytes. */
export function streamDefaults(target: WrittenStream, replicas = 1): StreamDefaults {
  const { settings, acks = 'all', client = 'platformatic' } = target;
  if (settings === undefined) return { linger: 0, idempotent: false, batch: undefined };
  const isTuned = settings === 'tuned';
  // A batch there is one partition's, ours a request's over all of them; how many an own topic has is not known yet.
  const partitions = target.address !== undefined || replicas > 1 ? 1 : (target.partitions ?? 1);
  const maxBytes = Math.min(mostRequestBytes, (isTuned ? tunedBatchBytes : kafkaBatchBytes) * partitions);
  return {
    linger: isTuned ? 10 : 5,
    // As Kafka's own: on, unless the acknowledgements do not allow for it. kafkajs cannot do it our way.
    idempotent: acks === 'all' && client === 'platformatic',
    batch: { maxMessages: mostMessages, maxBytes },
  };
}

interface WrittenQueue {
  readonly settings?: ClientSettingsName | undefined;
  readonly durable?: boolean | undefined;
  readonly confirms?: boolean | undefined;
  readonly ack?: 'manual' | 'auto' | undefined;
  readonly prefetch?: number | undefined;
  readonly address?: string | undefined;
  readonly queue?: { readonly type: string } | undefined;
}

export interface QueueDefaults {
  readonly durable: boolean;
  readonly confirms: boolean;
  readonly prefetch: number;
  readonly ackBatch: AckBatch | undefined;
  readonly batch: Batch | undefined;
}

export function queueDefaults({ settings, ack, prefetch: written, address, queue }: WrittenQueue): QueueDefaults {
  const plain = { ackBatch: undefined, batch: undefined };
  if (settings === undefined) return { durable: true, confirms: true, prefetch: 100, ...plain };
  if (settings === 'client-defaults') {
    return { durable: false, confirms: false, prefetch: unboundedPrefetch, ...plain };
  }
  const prefetch = 300;
  const every = Math.min(50, written ?? prefetch);
  // On a stream an acknowledgement only makes room for more.
  const gathers = address === undefined && ack !== 'auto' && queue?.type !== 'stream' && every > 1;
  return {
    durable: true,
    confirms: true,
    prefetch,
    ackBatch: gathers ? { every, lingerMs: 5 } : undefined,
    batch: { maxMessages: 100, maxBytes: mostRequestBytes, lingerMs: 0 },
  };
}

const presetKeys = ['linger', 'idempotent', 'batch', 'durable', 'confirms', 'prefetch', 'ackBatch'] as const;

/** Which preset a target has, and which of its keys are written all the same. Nothing without one. */
export function settingsOf(
  name: ClientSettingsName | undefined,
  written: Readonly<Partial<Record<(typeof presetKeys)[number], unknown>>>,
): { readonly settings?: ClientSettings } {
  if (name === undefined) return {};
  return { settings: { name, except: presetKeys.filter((key) => written[key] !== undefined) } };
}
