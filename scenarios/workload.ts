/** What is done: operations on keys, with their payloads, and how the reference services behave. */

import type { Pattern } from '../result/result-types.ts';
import type { ApiVersion, Deprecation } from './api-versions.ts';
import type { Caller } from './callers.ts';
import type { FlowWorkload } from './flow-settings.ts';
import type { OperationName } from './operations.ts';

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
    /** 0–1: cannot be read, the same ones behind every target and however often they come; absent: all can. */
    readonly unreadableRatio?: number;
    /** Requests worked on at once; absent: as many as come. */
    readonly concurrency?: number;
    /** Beside `concurrency`: how many may wait for their turn; beyond, they are refused. */
    readonly waiting?: number;
    /** What answers to calls of a version say of its end; absent: nothing. */
    readonly deprecated?: Deprecation;
    /** What refusals that may pass say of when to come back (REST, gRPC); absent: nothing. */
    readonly retryAfterMs?: number;
    /**
     * Some operations take longer, by a draw of each and at each service another; of `bench calibrate`, which is to know
     * them exactly, evenly spread.
     */
    readonly slow?: { readonly share: number; readonly workTimeMs: number; readonly isDrawn?: boolean };
    /** Not of a scenario file: what `bench calibrate` knows the truth of. The service stands still once, at a time after the end of warm-up. */
    readonly stall?: { readonly atMs: number; readonly forMs: number };
  };
  /** By name; absent: nobody in particular, who has what a target asks for. */
  readonly callers?: Readonly<Record<string, Caller>>;
  /** Of operations that are flows; absent: there are none. */
  readonly flow?: FlowWorkload;
  /** Events that are in the log of a service before the load, where its state is one; absent: none. */
  readonly history?: number;
}

export interface Operation {
  /** Of the load's rate; the weights of those without share the rest. */
  readonly ratePerSecond?: number;
  /** Of an attempt; absent: the client's. */
  readonly timeoutMs?: number;
  /** Of the reference services; absent: what it is called. */
  readonly does?: OperationName | undefined;
  /** Of the reference services' interface; absent: the first, unsaid. */
  readonly version?: ApiVersion | undefined;
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
