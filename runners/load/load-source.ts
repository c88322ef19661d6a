/** What a trial needs of whoever makes its load: threads of this process, or whatever else plays a load plan. */
import type { AgentRecord } from '../agents/agent-record.ts';
import type { LoadSignals } from './load-clock.ts';
import type { LoadProgress } from './load-loop-options.ts';
import type { HandedOver, LoadPlan, SecondReport, WorkerData } from './worker-messages.ts';

export interface LoadSource {
  readonly signals: LoadSignals;
  /** How many load workers play. */
  readonly workers: number;
  /** Of a warm-up that ends when it is steady: called for each second of each worker. */
  onSecond(listener: (report: SecondReport) => void): void;
  /** Called within a few milliseconds of an acknowledgement of LoadPlan.followed; of the last ones before `whenIdle` resolves. */
  onHandedOver(listener: (report: HandedOver) => void): void;
  /** `startUs`: monotonic µs of the schedule's offset 0. */
  begin(startUs: number): void;
  /**
   * Resolves with the number of acknowledged operations when every arrival was taken up and completed. Rejects when a
   * worker crashed.
   */
  whenIdle(): Promise<number>;
  /** Merged over the workers; percentiles are those of the worker that did most, for display only. */
  progress(): LoadProgress;
  /** No more arrivals; what is in flight ends as timed out. */
  stop(): void;
  /** Closes the sessions, collects everything and ends the workers. */
  finish(): Promise<readonly WorkerData[]>;
  /** Where it is made by agents: aborted once what plays on is not the load that was asked for. */
  readonly over?: AbortSignal;
  /** The least time between `begin` and the start; left out: any will do. */
  readonly leadMs?: number;
  /** When it has finished: whom it was made by. Left out: by this process. */
  readonly agents?: readonly AgentRecord[];
  /** Ends the workers; harmless when they have ended. */
  terminate(): Promise<void>;
}

/** Resolves when all connections are open. Rejects with a BenchError, all workers ended; the signal ends the opening only. */
export type OpenLoad = (plan: LoadPlan, signal: AbortSignal, linkOf?: LinkTo) => Promise<LoadSource>;

/** Where the main thread lets a worker dial in place of a broker; see DriverContext. */
export type LinkTo = (broker: string) => Promise<string>;
