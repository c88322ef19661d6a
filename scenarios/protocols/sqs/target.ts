/** A target of Amazon SQS, or of what speaks its protocol, and what its own queues are sent. */
import type { BodyCompression, EncodedBody, PayloadCodec, QueueCodec } from '../../codecs.ts';
import type { OnRefusal, TargetBase } from '../../target-base.ts';

export type SqsClient = 'own' | 'aws-sdk';

export interface SqsTarget extends TargetBase {
  readonly protocol: 'queue';
  readonly broker: 'sqs';
  /** Requests under way at once, over all load threads; each has a connection. */
  readonly connections: number;
  /** Long polls at once: of each instance of our service, and of each load thread for its replies. */
  readonly polls: number;
  /** Whole seconds. */
  readonly waitTimeMs: number;
  /** Whole seconds: a message that was received and not deleted is there again. */
  readonly visibilityTimeoutMs: number;
  /** Absent: a standard queue. */
  readonly fifo?: boolean;
  /** A message that was received so often goes to the dead letters. Absent: it comes for ever. */
  readonly maxReceives?: number;
  /** Messages that our service has received and not deleted, at most. */
  readonly prefetch: number;
  readonly onRefusal?: OnRefusal;
  /** Clients that send to each queue of our service; absent: one a load thread. */
  readonly producers?: number;
  /** What sends; absent: `own`. */
  readonly client?: SqsClient;
  /** Of what our service takes and answers; absent: bodies are payloads, all else is in attributes. */
  readonly codec?: PayloadCodec;
  /** Of message bodies, in base64, told by an attribute; absent: none. */
  readonly compression?: BodyCompression<QueueCodec>;
  /** Of an own system; absent: as its host says. */
  readonly region?: string;
  /** Of an own system; absent: requests are not signed. */
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
  readonly requests?: Readonly<Record<string, SqsRequest>>;
  /** Own system: complete when the harness has received the message. */
  readonly consume: boolean;
  readonly reply?: { readonly queue: string };
}

export interface SqsRequest {
  /** Name or URL. */
  readonly queue: string;
  readonly body: string;
  /** In its place, of a reference target. */
  readonly encoded?: EncodedBody;
  readonly attributes: Readonly<Record<string, string>>;
  /** Of FIFO queues. */
  readonly groupId?: string;
  readonly deduplicationId?: string;
}
