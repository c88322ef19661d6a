/**
 * What a run and its load agents say to each other, and under which subjects. Messages are MessagePack; the records, which
 * must come as they left, go by `records-codec`.
 */
import { decode, encode } from '@msgpack/msgpack';
import type { LoadProgress } from '../load/load-loop-options.ts';
import type { WorkerError } from '../load/worker-error.ts';
import type { LoadPlan } from '../load/worker-messages.ts';
import type { CpuUse } from '../recording/cpu-account.ts';

/** Agents of another are refused. Raise it with any change of these messages or of what `records-codec` writes. */
export const protocolVersion = 2;

/** An agent that has heard nothing for so long ends its load: nobody watches it any more. */
export const leaseMs = 4_000;
/** Of the controller, to all. */
export const heartbeatMs = 500;
/** Of an agent: its progress is its sign of life. */
export const progressMs = 250;
/** An agent that was not heard of for so long is lost; so is one that does not do as it was told for so long. */
export const lostAfterMs = 2_000;

/** Subjects of a run; `run` is a word of its own for each. */
export function subjectsOf(run: string) {
  const base = `wb.${run}`;
  return {
    join: `${base}.join`,
    /** From the controller to every agent. */
    all: (what: string) => `${base}.all.${what}`,
    /** From the controller to agent `k`. */
    to: (k: number, what: string) => `${base}.to.${k}.${what}`,
    /** From agent `k` to the controller. */
    of: (k: number, what: string) => `${base}.of.${k}.${what}`,
    /** From any agent to the controller, beside answers: a pattern. */
    ofAny: `${base}.of.*.*`,
    /** Of agent `k` to a question: its own to say, as NATS forgets whom it lets answer what when it reads its settings. */
    answer: (k: number, question: number) => `${base}.of.${k}.answer.${question}`,
  };
}

/** The `k` of a subject of `ofAny`. */
export function speakerOf(subject: string): number {
  return Number(subject.split('.')[3]);
}

/** The last word of a subject. */
export function whatOf(subject: string): string {
  return subject.slice(subject.lastIndexOf('.') + 1);
}

export interface JoinRequest {
  readonly protocol: number;
  readonly version: string;
  readonly name: string;
  /** Of one life of one agent: the same that asks again is no second agent. */
  readonly instance: string;
  /** Of the key pair that it made; the private half stays with it. */
  readonly publicKey: string;
  readonly host: AgentHost;
}

export interface AgentHost {
  readonly hostname: string;
  /** Which start of which kernel: the same for all that share a machine. */
  readonly bootId: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly node: string;
}

export type JoinReply =
  | { readonly k: number }
  /** Why it is not taken, for good. */
  | { readonly refused: string }
  /** There are as many as are wanted; asked again, it may take the place of one that is lost. */
  | { readonly isFull: true };

/** A load plan as it travels: its workers share no memory with anybody here, and its secrets stay where they are. */
export interface OpenMessage {
  readonly trial: number;
  readonly plan: Omit<LoadPlan, 'signals' | 'logFolder' | 'samples' | 'canaryPort'> & { readonly hasCanaries: boolean };
  /** Values that the plan has only by name, as `${NAME}`: each agent has them in its own environment. */
  readonly variables: readonly string[];
  /** Contents of the files that the plan names, by path. */
  readonly files: Readonly<Record<string, Uint8Array>>;
}

export interface OfTrial {
  readonly trial: number;
}

export interface BeginMessage extends OfTrial {
  /** Monotonic µs of the agent. */
  readonly startUs: number;
}

export interface SignalMessage extends OfTrial {
  readonly warmupEndMs: number;
  readonly duringEndMs: number;
}

export interface LinkedMessage extends OfTrial {
  readonly broker: string;
  readonly address: string | null;
  readonly reason: string;
}

export interface ProgressMessage {
  /** null: no trial is open. */
  readonly trial: number | null;
  readonly progress: LoadProgress | null;
}

export interface FailedMessage extends OfTrial {
  readonly error: WorkerError;
}

export interface BeginningMessage extends OfTrial {
  /** Left until the start when the word came. */
  readonly leadMs: number;
}

export interface IdleMessage extends OfTrial {
  readonly acknowledged: number;
  readonly progress: LoadProgress;
}

/** A second of a warm-up that ends when it is steady; `ok` by `records-codec`. */
export interface SecondMessage extends OfTrial {
  readonly second: number;
  readonly spanMs: number;
  readonly ok: Uint8Array;
}

/** Of a flow that somebody follows. */
export interface HandedOverMessage extends OfTrial {
  readonly producer: number;
  readonly sequences: readonly number[];
}

export interface LinkMessage extends OfTrial {
  readonly broker: string;
}

/** What there is to fetch when the load is over. */
export interface FinishedMessage {
  readonly workers: readonly FinishedWorker[];
  /** Of the measured time; null: cut short. */
  readonly cpu: CpuUse | null;
  /** Share of its time (0–1) in which its cgroup was throttled; null: not known. */
  readonly throttled: number | null;
}

export interface FinishedWorker {
  /** Of the packed records, without the log. */
  readonly bytes: number;
  /** Of the packed records and of the log’s chunks after them, hexadecimal. */
  readonly sha256: string;
  readonly logChunks: number;
}

/** A piece of the packed records from a byte on, or a chunk of the log. */
export interface PullMessage extends OfTrial {
  readonly worker: number;
  readonly from?: number;
  readonly chunk?: number;
}

/** The largest piece; a broker of others may take no more than 1 MiB at once. */
export const pieceBytes = 512 * 1024;

export function packMessage(message: unknown): Uint8Array {
  return encode(message, { ignoreUndefined: true });
}

export function readMessage<Message>(bytes: Uint8Array): Message {
  return decode(bytes) as Message;
}
