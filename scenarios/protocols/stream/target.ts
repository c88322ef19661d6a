/** A target of a stream, and what its own broker is sent. */
import type { Sasl } from '../../access-settings.ts';
import type { Compression, EncodedBody, PayloadCodec, StreamCodec } from '../../codecs.ts';
import type { ClientSettings, OnRefusalOfStream, TargetBase } from '../../target-base.ts';
import type { streamFacts } from './facts.ts';

export interface StreamGroup {
  /** Whose partitions wait for it a session long when it is gone, or who is a new one each time. */
  readonly member: 'static' | 'dynamic';
  /** With each change all give all of theirs away, or only what is to be another's. */
  readonly assignment: 'eager' | 'cooperative';
  /** Who is gone for so long has its partitions taken over. Absent: as usual. */
  readonly sessionTimeoutMs?: number;
}

/** After the effect, before it begins, or with what is written because of it. */
export type StreamCommit = 'after' | 'before' | 'transaction';

export interface StreamTarget extends TargetBase {
  readonly protocol: 'stream';
  readonly broker: (typeof streamFacts.brokers)[number]['name'];
  readonly settings?: ClientSettings;
  readonly acks: 'all' | 0 | 1;
  readonly lingerMs: number;
  readonly partitions: number;
  readonly producers: number;
  /** Left out: false. */
  readonly idempotent?: boolean;
  /** Of our service: when it commits the offset of a record, its effect taken. Left out: after. */
  readonly commit?: StreamCommit;
  /** With `commit: transaction`: the broker ends one that is open for so long. */
  readonly transactionTimeoutMs?: number;
  /** Of our service; absent: a static member, eager. */
  readonly group?: StreamGroup;
  /** Our service writes a record of what it has done to a topic of the trial's own; left out: false. */
  readonly produces?: boolean;
  /** Of our service; left out: requeue. */
  readonly onRefusal?: OnRefusalOfStream;
  /** With `onRefusal: retryTopic`: how often a record goes through it before it is a dead letter. */
  readonly retries?: number;
  /** With `onRefusal: deadLetter`: one that exists. Absent: one of the trial's own. */
  readonly deadLetter?: { readonly topic: string };
  readonly client: 'platformatic' | 'kafkajs';
  /** Of an own system; absent: nobody logs in. */
  readonly sasl?: Sasl;
  /** Of what our service takes and answers; absent: values are payloads, all else is in headers. */
  readonly codec?: PayloadCodec;
  /** Produce requests under way, for each producer; absent: 5, with `idempotent` 1. */
  readonly maxInFlight?: number;
  /** Brokers that have each record; absent: 1. */
  readonly replicas?: number;
  /** Of record batches; absent: none. */
  readonly compression?: Compression<StreamCodec>;
  readonly requests?: Readonly<Record<string, StreamRequest>>;
  readonly consume: boolean;
  readonly reply?: { readonly topic: string };
}

export interface StreamRequest {
  readonly topic: string;
  readonly key?: string;
  /** Left out: by the key. */
  readonly partition?: number;
  /** null: a tombstone. */
  readonly value: string | null;
  /** In its place, of a reference target. */
  readonly encoded?: EncodedBody;
  readonly headers: Readonly<Record<string, string | null>>;
}
