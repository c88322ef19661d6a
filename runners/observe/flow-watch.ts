/** The main thread's side of the observer of a trial's flows: opens it before the load, ends it when the drain is over. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { beside } from '../../result/beside.ts';
import { DistinctOperations } from '../../targets/domain/distinct-operations.ts';
import { EvidenceReader } from '../../targets/domain/evidence.ts';
import { putTogether } from '../load/worker-error.ts';
import type { ObserverCommand, ObserverData, ObserverPlan, ObserverReport } from './observer-messages.ts';

/** An event that comes twice does so soon after. */
const quietMs = 300;
const lookMs = 20;

export interface WatchedFlows extends ObserverData {
  /** See ObserverPlan. */
  readonly path: string;
}

export class FlowWatch {
  readonly #plan: ObserverPlan;
  readonly #thread: Worker;
  readonly #opened = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<ObserverData>();
  /** By producer: flows that the entry has acknowledged. */
  readonly #followed: { readonly producer: number; readonly sequences: readonly number[] }[] = [];

  private constructor(plan: ObserverPlan) {
    this.#plan = plan;
    this.#thread = new Worker(beside(import.meta.url, 'observer-thread'), { workerData: { observer: plan } });
    const fail = (error: unknown) => {
      this.#opened.reject(error);
      this.#closed.reject(error);
    };
    // Each is awaited at its own time; until then a rejection must not end the process.
    for (const { promise } of [this.#opened, this.#closed]) promise.catch(() => undefined);
    this.#thread.on('message', (report: ObserverReport) => {
      if (report.type === 'opened') this.#opened.resolve();
      else if (report.type === 'closed') this.#closed.resolve(report.data);
      else fail(putTogether(report.error));
    });
    this.#thread.on('error', fail);
    this.#thread.on('exit', (code) => {
      fail(
        new BenchError('observerEnded', `The observer of flows ended with code ${code}`, {
          exitCode: exitCodes.internal,
        }),
      );
    });
  }

  /** Resolves once no event from then on is missed. Rejects with the observer's BenchError, or the signal's reason. */
  static async open(plan: ObserverPlan, signal: AbortSignal): Promise<FlowWatch> {
    const watch = new FlowWatch(plan);
    const abort = () => watch.#opened.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      await watch.#opened.promise;
      return watch;
    } catch (error) {
      await watch.terminate();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** The entry has acknowledged these flows of a load worker. */
  follow(producer: number, sequences: readonly number[]): void {
    this.#followed.push({ producer, sequences });
    if (this.#plan.settings.by === 'poll') this.#send({ type: 'follow', producer, sequences });
  }

  /**
   * After the load: until all that was acknowledged is settled and nothing more comes, or for as long as a flow may take
   * that is not late. Resolves with how long that was.
   */
  async drain(signal: AbortSignal): Promise<number> {
    const startedMs = performance.now();
    const reader = new EvidenceReader(this.#plan.path);
    const settled = new DistinctOperations();
    let open = this.#followed.flatMap(({ producer, sequences }) =>
      sequences.map((sequence) => ({ producer, sequence })),
    );
    let grewAtMs = startedMs;
    for (;;) {
      const nowMs = performance.now();
      let isNew = false;
      for (const record of reader.more()) {
        settled.add(record);
        isNew = true;
      }
      if (isNew) {
        grewAtMs = nowMs;
        open = open.filter((id) => !settled.has(id)); // of many flows too long to do at each look
      }
      const isWhole = open.length === 0 && nowMs - grewAtMs >= quietMs;
      if (isWhole || nowMs - startedMs >= this.#plan.settings.withinMs || signal.aborted) return nowMs - startedMs;
      await sleep(lookMs);
    }
  }

  /** Ends it. Rejects when it was lost. */
  async finish(): Promise<WatchedFlows> {
    this.#send({ type: 'close' });
    const data = await this.#closed.promise;
    await this.terminate();
    return { ...data, path: this.#plan.path };
  }

  /** Harmless when it has ended. */
  async terminate(): Promise<void> {
    await this.#thread.terminate();
  }

  #send(command: ObserverCommand): void {
    this.#thread.postMessage(command);
  }
}
