/**
 * A scenario as resolved: defaults filled in, units turned into plain numbers (the unit is in the name), percentages of
 * the load turned into milliseconds, thresholds parsed.
 */
import type { Pattern, PrimaryMetric, Protocol, SettingValue } from '../result/result-types.ts';
import type { Threshold } from '../result/thresholds.ts';
import type { ArrivalTimeUnit } from './arrival-file.ts';
import type { FaultWindow } from './faults/registry.ts';
import type { OperationName } from './operations.ts';
import type { protocolFacts } from './protocols/registry.ts';

export interface Scenario {
  readonly name: string;
  readonly question?: string;
  readonly primary?: PrimaryMetric;
  readonly workload: Workload;
  readonly load: Load;
  readonly targets: Readonly<Record<string, Target>>;
  readonly conditions: Readonly<Record<string, readonly FaultWindow[]>>;
  readonly resilience: Resilience;
  readonly thresholds: readonly Threshold[];
  /** How many of each broker are started, where it is more than 1. */
  readonly brokers?: Readonly<Record<string, number>>;
  readonly repeats: number;
  /** Target → the assignments of its swept settings, by setting path; a target that is not swept is missing. */
  readonly sweep: Readonly<Record<string, readonly Readonly<Record<string, SettingValue>>[]>>;
  /** Host names and addresses outside loopback that load may be sent to. */
  readonly allowHosts: readonly string[];
}

export interface Workload {
  readonly seed: number;
  readonly operations: Readonly<Record<string, Operation>>;
  readonly keys: { readonly count: number; readonly distribution: 'uniform' | 'zipf' };
  readonly payloads: Readonly<Record<string, PayloadSpec>>;
  /** How the reference services behave, the same behind every protocol. */
  readonly service: {
    readonly workTimeMs: number;
    /** 0–1: refused at once. */
    readonly rejectRatio: number;
    /** Requests worked on at once; absent: as many as come. */
    readonly concurrency?: number;
    /** Beside `concurrency`: how many may wait for their turn; beyond, they are refused. */
    readonly waiting?: number;
    /** What refusals that may pass say of when to come back (REST, gRPC); absent: nothing. */
    readonly retryAfterMs?: number;
    /** Not of a scenario file: what `bench calibrate` knows the truth of. Some operations take longer. */
    readonly slow?: { readonly share: number; readonly workTimeMs: number };
    /** Likewise: the service stands still once, at a time after the end of warm-up. */
    readonly stall?: { readonly atMs: number; readonly forMs: number };
  };
}

export interface Operation {
  /** Of the load's rate; the weights of those without share the rest. */
  readonly ratePerSecond?: number;
  /** Of an attempt; absent: the client's. */
  readonly timeoutMs?: number;
  /** Of the reference services; absent: what it is called. */
  readonly does?: OperationName | undefined;
  readonly weight: number;
  readonly pattern: Pattern;
  /** Name of an entry of `payloads`. */
  readonly payload?: string;
}

/** Exactly one of: size (+ entropy), template, file. */
export interface PayloadSpec {
  readonly sizeBytes?: number;
  /** 0 (compresses to nothing) … 1 (random printable ASCII). */
  readonly entropy?: number;
  /** JSON-safe text sent as it is. */
  readonly template?: string;
  /** Absolute path of a sample file. */
  readonly file?: string;
}

interface LoadBase {
  readonly warmupMs: number;
  /** `warmup: auto`: it ends when the load is steady; `warmupMs` is the longest. */
  readonly warmupUntilSteady: boolean;
  readonly durationMs: number;
  readonly maxInFlight: number;
  /** Load worker threads. */
  readonly threads: number;
}
/** A stretch of the load at a rate that is steady, or changes evenly. */
export interface RateStage {
  readonly forMs: number;
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
}
export interface OpenLoad extends LoadBase {
  readonly model: 'open';
  readonly arrivals: 'poisson' | 'constant' | 'recorded';
  /** Of recorded arrivals: their file, an absolute path. */
  readonly recording: { readonly path: string; readonly unit: ArrivalTimeUnit } | null;
  /** `rate: max`: how the highest rate is sought; null: the rate is given. */
  readonly search: RateSearch | null;
  /** With stages: the highest of them; of a search: the highest to be tried; of recorded arrivals: in their fullest second. */
  readonly ratePerSecond: number;
  /** The measured part, one after the other; a plain rate is one stage, and so is a recording, at its mean rate. */
  readonly stages: readonly RateStage[];
}
/** Which rates are tried, and what has to hold at them. */
export interface RateSearch {
  /** Of all targets. */
  readonly slo: readonly Threshold[];
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
  /** A share: 0.05 is 5 %. */
  readonly precision: number;
  /** Trials at shares of the highest rate follow, for what operations cost. Absent: none do. */
  readonly cost?: boolean;
}
/** A stretch of a closed load with as many users throughout, or evenly more or fewer. */
export interface UserStage {
  readonly forMs: number;
  readonly fromUsers: number;
  readonly toUsers: number;
}
export interface ClosedLoad extends LoadBase {
  readonly model: 'closed';
  /** With stages: at most. */
  readonly users: number;
  /** One after the other, from the end of warm-up; absent: always as many. */
  readonly userStages?: readonly UserStage[];
  readonly thinkTimeMs: number;
}
export type Load = OpenLoad | ClosedLoad;

export type Engine = 'native' | 'autocannon' | 'ghz';

/** Whose code speaks the protocol: the harness's own, or the library that somebody asks about. */
export type RestClient = 'own' | 'undici';
export type GrpcClient = 'own' | 'grpc-js';
export type WebSocketClient = 'own' | 'ws';

export type StreamCodec = 'gzip' | 'snappy' | 'lz4' | 'zstd';
export type QueueCodec = 'gzip' | 'zstd';
/** Of bodies that are compressed each by itself. */
export type BodyCodecName = QueueCodec | 'br';
export type CompressionCodec = StreamCodec | BodyCodecName | 'deflate';

/** Of bodies, both ways; without a level the library's default. */
export interface Compression<Codec extends CompressionCodec = CompressionCodec> {
  readonly codec: Codec;
  readonly level?: number | undefined;
}

/** Of bodies or messages that are compressed each by itself. */
export interface BodyCompression<Codec extends CompressionCodec = CompressionCodec> extends Compression<Codec> {
  /** Smaller ones go as they are; absent: none is too small. */
  readonly minBytes?: number | undefined;
}

/** Where our service keeps its state: in its process, or in a database that outlives it. */
export type StoreName = 'memory' | 'file';

/** permessage-deflate. */
export interface MessageCompression extends BodyCompression<'deflate'> {
  /** A message refers to those before it on its connection; absent: yes. */
  readonly contextTakeover?: boolean | undefined;
}

/** Of the object that a body holds. */
export type PayloadCodec = 'json' | 'msgpack' | 'protobuf';

/** A body that is no text of the scenario's: an object of our reference service, its values templates. */
export interface EncodedBody {
  readonly codec: PayloadCodec;
  readonly fields: Readonly<Record<string, string | boolean>>;
}

/** A batch leaves when it is full, by number or bytes, or its first message has waited for `lingerMs`. */
export interface Batch {
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly lingerMs: number;
}

/** One acknowledgement for `every` messages, or for those that the first has waited `lingerMs` with. */
export interface AckBatch {
  readonly every: number;
  readonly lingerMs: number;
}

/** Header `traceparent`, with the flag that asks a tracer to record or without; off: not sent. */
export type TraceparentSetting = 'sampled' | 'unsampled' | 'off';

/** Where an own system's CPU, memory and metrics are read. One of them at least. */
export interface WatchSettings {
  readonly pid?: number;
  readonly cgroup?: string;
  /** Of the metrics' text. */
  readonly prometheus?: string;
  /** `name` or `name{label="value"}`, summed over all that fit. */
  readonly metrics?: readonly string[];
}

/** Of connections to an own system. */
export interface TlsSettings {
  /** Absolute path of a PEM file; absent: the authorities that Node trusts. */
  readonly ca?: string;
  /** Likewise, what we show; `key` is there with it. */
  readonly cert?: string;
  readonly key?: string;
  /** Whom the certificate must name; absent: the host of the address. */
  readonly serverName?: string;
  /** false: any certificate will do. */
  readonly verify: boolean;
}

/** How to log in to the user's own Kafka. */
export type Sasl =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      readonly username: string;
      readonly password: string;
    }
  | {
      readonly mechanism: 'oauthbearer';
      readonly token: string;
      readonly extensions?: Readonly<Record<string, string>>;
    };

interface TargetBase {
  readonly name: string;
  readonly protocol: Protocol;
  readonly engine: Engine;
  readonly via: 'toxiproxy' | 'direct';
  /** Set for the user's own system; absent for our reference service. */
  readonly address?: string;
  /** Of what an own system is sent; absent: off. */
  readonly traceparent?: TraceparentSetting;
  /** Of an own system; absent: its CPU and memory are not known. */
  readonly watch?: WatchSettings;
  /** Of an own system; absent: as its address says. */
  readonly tls?: TlsSettings;
  /** Whole, the scenario's merged in; absent: just as the scenario's. */
  readonly resilience?: Resilience;
  /** Absent: each message leaves as it comes. */
  readonly batch?: Batch;
  /** Where our service keeps its orders; absent: in memory. */
  readonly store?: StoreName;
  /** Processes of our service; absent: 1. */
  readonly instances?: number;
}
export interface RestTarget extends TargetBase {
  readonly protocol: 'rest';
  readonly connections: number;
  /** Of the native engine; absent: `own`. */
  readonly client?: RestClient;
  /** Of what our service takes and answers; absent: json. */
  readonly codec?: PayloadCodec;
  /** Of bodies, told by content-encoding and asked for by accept-encoding; absent: none. */
  readonly compression?: BodyCompression<BodyCodecName>;
  readonly requests?: Readonly<Record<string, RestRequest>>;
}
export interface GrpcTarget extends TargetBase {
  readonly protocol: 'grpc';
  readonly connections: number;
  /** Of the native engine; absent: `own`. */
  readonly client?: GrpcClient;
  /** Each operation a call, or a message on a stream that stays; absent: unary. */
  readonly calls?: 'unary' | 'stream';
  /** Of messages; absent: none. */
  readonly compression?: BodyCompression<'gzip'>;
  /** Absolute path, or paths, of the user's .proto files; `protoset` is a descriptor set, `reflection` asks the server. */
  readonly proto?: string | readonly string[];
  /** Absolute; absent: those beside and above `proto` alone. */
  readonly importPaths?: readonly string[];
  /** Absolute. */
  readonly protoset?: string;
  /** Absent: the host of the address. */
  readonly authority?: string;
  readonly reflection: boolean;
  readonly requests?: Readonly<Record<string, GrpcRequest>>;
}
/** The value at a JSON pointer is one of these. */
export interface MessageMatch {
  readonly pointer: string;
  readonly values: readonly string[];
}

export interface OpeningMessage {
  readonly send: string;
  /** What must come before anything else is sent; absent: nothing is waited for. */
  readonly await?: MessageMatch;
}

export interface WebSocketTarget extends TargetBase {
  readonly protocol: 'websocket';
  readonly connections: number;
  /** Of the native engine; absent: `own`. */
  readonly client?: WebSocketClient;
  /** Of what our service takes and answers; absent: json. */
  readonly codec?: PayloadCodec;
  /** Absent: none. */
  readonly compression?: MessageCompression;
  /** Of the handshake with an own system, beside those that every handshake has. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of which an own system must choose one; absent: none is offered. */
  readonly subprotocol?: readonly string[];
  /** What is sent on each new connection before any operation, one after the other. */
  readonly onOpen?: readonly OpeningMessage[];
  /** Messages that are no answers; they are counted. */
  readonly ignore?: readonly MessageMatch[];
  readonly requests?: Readonly<Record<string, WebSocketRequest>>;
}
/** Where what a target leaves open comes from; absent: Wirebench's own. */
export type ClientSettingsName = 'client-defaults' | 'tuned';
export interface ClientSettings {
  readonly name: ClientSettingsName;
  /** Keys of it that are written on the target, and win. */
  readonly except: readonly string[];
}
/** Where a message goes that our service refuses and for which nobody waits. */
export type OnRefusal = 'requeue' | 'deadLetter' | 'drop';
export interface QueueTarget extends TargetBase {
  readonly protocol: 'queue';
  /** Of an own system, in place of those in its address. */
  readonly user?: string;
  readonly password?: string;
  readonly vhost?: string;
  readonly broker: (typeof protocolFacts.queue.brokers)[number];
  readonly settings?: ClientSettings;
  readonly durable: boolean;
  readonly confirms: boolean;
  /** Of our service: after the effect of a message, or as it is sent to it. Left out: manual. */
  readonly ack?: 'manual' | 'auto';
  readonly prefetch: number;
  /** Of our service; left out: requeue. */
  readonly onRefusal?: OnRefusal;
  /** With `onRefusal: deadLetter`: one that exists. Absent: one of the trial's own. */
  readonly deadLetter?: { readonly exchange: string };
  /** Of our service, manual: several at once. Absent: each by itself. */
  readonly ackBatch?: AckBatch;
  /** Messages published and not confirmed, at most; absent: no bound. */
  readonly confirmWindow?: number;
  /** Of what our service takes and answers; absent: bodies are payloads, all else is in headers. */
  readonly codec?: PayloadCodec;
  /** Of message bodies, told by their content-encoding; absent: none. */
  readonly compression?: BodyCompression<QueueCodec>;
  readonly requests?: Readonly<Record<string, QueueRequest>>;
  /**
   * Own system: complete at delivery to the harness's own consumer, of this request's queue or of an exclusive one that is
   * bound so.
   */
  readonly consume: boolean | { readonly bind: { readonly exchange: string; readonly routingKey: string } };
  /** What a queue that is consumed holds of others: it is not used, or they are lost. Absent: refuse. */
  readonly existing?: 'refuse' | 'discard';
  readonly reply?: { readonly queue: string };
}
export interface StreamTarget extends TargetBase {
  readonly protocol: 'stream';
  readonly broker: (typeof protocolFacts.stream.brokers)[number];
  readonly settings?: ClientSettings;
  readonly acks: 'all' | 0 | 1;
  readonly lingerMs: number;
  readonly partitions: number;
  readonly producers: number;
  /** Left out: false. */
  readonly idempotent?: boolean;
  /** Of our service: when it commits the offset of a record, its effect taken. Left out: after. */
  readonly commit?: 'after' | 'before';
  /** Of our service; left out: requeue. */
  readonly onRefusal?: OnRefusal;
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
export type Target = RestTarget | GrpcTarget | WebSocketTarget | QueueTarget | StreamTarget;

/** Strings may hold {{id}} {{key}} {{sequence}} {{payload}} {{payloadJson}} {{payloadBase64}} {{random}} {{traceId}} {{spanId}}. */
export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** In its place, of a reference target. */
  readonly encoded?: EncodedBody;
  readonly expect: { readonly status: readonly number[] };
}
export interface GrpcRequest {
  /** `package.Service/Method` */
  readonly method: string;
  readonly message: Readonly<Record<string, unknown>>;
  /** Of a method that takes a stream, in its place. */
  readonly messages?: readonly Readonly<Record<string, unknown>>[];
  /** Of a method that answers with a stream; absent: last. */
  readonly completeAt?: 'first' | 'last';
  readonly metadata: Readonly<Record<string, string>>;
}
export interface WebSocketRequest {
  readonly message: string;
  /** In its place, of a reference target; answers come in the same codec. */
  readonly encoded?: EncodedBody;
  /** JSON pointer to the operation's id in the answer; absent: answers are matched in order per connection. */
  readonly replyId?: string;
  /** The answer is a refusal unless the value at `pointer` (text, number, true or false) is one of `values`. */
  readonly expect?: { readonly pointer: string; readonly values: readonly string[] };
}
export interface QueueRequest {
  readonly exchange: string;
  readonly routingKey: string;
  readonly body: string;
  /** In its place, of a reference target. */
  readonly encoded?: EncodedBody;
  readonly headers: Readonly<Record<string, HeaderValue>>;
  /** A message that no queue takes comes back and fails. Left out: true. */
  readonly mandatory?: boolean;
  readonly properties?: QueueProperties;
}
/** Of an AMQP header, with the type that it has in the scenario. */
export type HeaderValue =
  | string
  | number
  | boolean
  | null
  | readonly HeaderValue[]
  | { readonly [name: string]: HeaderValue };
/** Of an AMQP message. What is left out is not sent, but `messageId` and `correlationId`, which are ours then. */
export interface QueueProperties {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly priority?: number;
  readonly correlationId?: string;
  readonly replyTo?: string;
  /** Milliseconds. */
  readonly expiration?: number;
  readonly messageId?: string;
  /** Seconds since 1970. */
  readonly timestamp?: number | 'now';
  readonly type?: string;
  readonly userId?: string;
  readonly appId?: string;
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
export type Request = RestRequest | GrpcRequest | WebSocketRequest | QueueRequest | StreamRequest;

export type { LinkName } from './faults/on-link.ts';
export type { BrokerChoice, PartName } from './faults/on-part.ts';
export type { FaultWindow, LinkFault, PartFault } from './faults/registry.ts';

/** Opens when `failureRatio` of at least `minimumOperations` attempts within the window failed. */
export interface BreakerSettings {
  /** 0–1 */
  readonly failureRatio: number;
  readonly windowMs: number;
  readonly minimumOperations: number;
  readonly openForMs: number;
  /** Attempts that must end well for it to close again. */
  readonly probes: number;
}

export interface Resilience {
  /** Bound on an operation's whole life, from its intended start. */
  readonly deadlineMs: number;
  /** Per attempt. */
  readonly timeoutMs: number;
  readonly retry: {
    /** Includes the first. */
    readonly attempts: number;
    readonly backoff: 'exponential' | 'none';
    readonly baseMs: number;
    readonly capMs: number;
    readonly jitter: 'none' | 'full' | 'equal' | 'decorrelated';
    /** A peer's word (`Retry-After`, RetryInfo) is added to the wait; absent: it is. */
    readonly retryAfter?: 'honour' | 'ignore';
    /** Retries: at most `ratio` of the operations and `burst` beyond; absent: no bound. */
    readonly budget?: { readonly ratio: number; readonly burst: number };
  };
  readonly idempotencyKey: boolean;
  /** Of connections that were lost; absent: as usual. */
  readonly reconnect?: ReconnectPolicy;
  /** Absent: none. */
  readonly breaker?: BreakerSettings;
  /** The client answers an operation that is not ok itself, at its end. Absent: false. */
  readonly fallback?: boolean;
  /** Attempts in flight at most, and how many may wait for their turn; beyond, operations are rejected. Absent: no bound. */
  readonly limit?: { readonly maxConcurrent: number; readonly waiting: number };
}

/** Waits between tries to connect: from `baseMs`, doubled each time, up to `capMs`. */
export interface ReconnectPolicy {
  readonly baseMs: number;
  readonly capMs: number;
  readonly jitter: 'none' | 'full';
}

/** What the client of this target does. */
export function resilienceOf(scenario: Pick<Scenario, 'resilience'>, target: Pick<Target, 'resilience'>): Resilience {
  return target.resilience ?? scenario.resilience;
}
