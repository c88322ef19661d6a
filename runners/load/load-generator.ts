/** The main thread's side of the load workers of this process: it only controls; rendering and disk never sit on the load path. */

import { Worker } from 'node:worker_threads';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { beside } from '../../result/beside.ts';
import { LoadSignals } from './load-clock.ts';
import type { LoadProgress } from './load-loop-options.ts';
import type { LinkTo, LoadSource } from './load-source.ts';
import { putTogether } from './worker-error.ts';
import type { HandedOver, LoadPlan, SecondReport, WorkerCommand, WorkerData, WorkerReport } from './worker-messages.ts';

interface LoadThread {
  readonly thread: Worker;
  readonly opened: PromiseWithResolvers<number>;
  readonly idle: PromiseWithResolvers<number>;
  readonly done: PromiseWithResolvers<WorkerData>;
  progress: LoadProgress;
}

const noProgress: LoadProgress = { offered: 0, notOk: 0, inFlight: 0, p50Us: null, p99Us: null };

export class LoadGenerator implements LoadSource {
  readonly #threads: readonly LoadThread[];
  readonly signals: LoadSignals;
  readonly #onSecond: ((report: SecondReport) => void)[] = [];
  readonly #onHandedOver: ((report: HandedOver) => void)[] = [];

  private constructor(plan: LoadPlan, linkOf: LinkTo | undefined) {
    this.signals = new LoadSignals(plan.signals);
    const onSecond = (report: SecondReport) => {
      for (const listener of this.#onSecond) listener(report);
    };
    const onHandedOver = (report: HandedOver) => {
      for (const listener of this.#onHandedOver) listener(report);
    };
    const { first, count } = plan.share;
    this.#threads = Array.from({ length: count }, (_, n) =>
      startThread({ plan, worker: first + n, linkOf, onSecond, onHandedOver }),
    );
  }

  /** See OpenLoad; rejects with the first worker's BenchError. */
  static async open(plan: LoadPlan, signal: AbortSignal, linkOf?: LinkTo): Promise<LoadGenerator> {
    const generator = new LoadGenerator(plan, linkOf);
    const abort = () => generator.stop();
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      await Promise.all(generator.#threads.map(({ opened }) => opened.promise));
      return generator;
    } catch (error) {
      await generator.terminate();
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  get workers(): number {
    return this.#threads.length;
  }

  onSecond(listener: (report: SecondReport) => void): void {
    this.#onSecond.push(listener);
  }

  onHandedOver(listener: (report: HandedOver) => void): void {
    this.#onHandedOver.push(listener);
  }

  begin(startUs: number): void {
    this.#send({ type: 'begin', startUs });
  }

  async whenIdle(): Promise<number> {
    const acknowledged = await Promise.all(this.#threads.map(({ idle }) => idle.promise));
    return acknowledged.reduce((sum, count) => sum + count, 0);
  }

  progress(): LoadProgress {
    const all = this.#threads.map(({ progress }) => progress);
    const sum = (of: (progress: LoadProgress) => number) => all.reduce((total, progress) => total + of(progress), 0);
    const busiest = all.reduce((most, progress) => (progress.offered > most.offered ? progress : most), noProgress);
    return {
      offered: sum(({ offered }) => offered),
      notOk: sum(({ notOk }) => notOk),
      inFlight: sum(({ inFlight }) => inFlight),
      p50Us: busiest.p50Us,
      p99Us: busiest.p99Us,
    };
  }

  stop(): void {
    this.#send({ type: 'stop' });
  }

  async finish(): Promise<readonly WorkerData[]> {
    this.#send({ type: 'finish' });
    const data = await Promise.all(this.#threads.map(({ done }) => done.promise));
    await this.terminate();
    return data;
  }

  async terminate(): Promise<void> {
    await Promise.all(this.#threads.map(({ thread }) => thread.terminate()));
  }

  #send(command: WorkerCommand): void {
    for (const { thread } of this.#threads) thread.postMessage(command);
  }
}

interface StartedLoad {
  readonly plan: LoadPlan;
  readonly worker: number;
  readonly linkOf: LinkTo | undefined;
  readonly onSecond: (report: SecondReport) => void;
  readonly onHandedOver: (report: HandedOver) => void;
}

function startThread({ plan, worker, linkOf, onSecond, onHandedOver }: StartedLoad): LoadThread {
  const thread = new Worker(beside(import.meta.url, 'load-worker'), { workerData: { load: { plan, worker } } });
  const load: LoadThread = {
    thread,
    opened: Promise.withResolvers<number>(),
    idle: Promise.withResolvers<number>(),
    done: Promise.withResolvers<WorkerData>(),
    progress: noProgress,
  };
  const fail = (error: unknown) => {
    load.opened.reject(error);
    load.idle.reject(error);
    load.done.reject(error);
  };
  // Each of the three is awaited at its own time; until then a rejection must not end the process.
  for (const { promise } of [load.opened, load.idle, load.done]) promise.catch(() => undefined);
  thread.on('message', (report: WorkerReport) => {
    if (report.type === 'opened') load.opened.resolve(report.openMs);
    else if (report.type === 'progress') load.progress = report.progress;
    else if (report.type === 'second') onSecond(report);
    else if (report.type === 'handedOver') onHandedOver(report);
    else if (report.type === 'idle') load.idle.resolve(report.acknowledged);
    else if (report.type === 'done') load.done.resolve(report.data);
    else if (report.type === 'link') void answerLink(thread, report.broker, linkOf, fail);
    else fail(putTogether(report.error));
  });
  thread.on('error', fail);
  thread.on('exit', (code) => {
    fail(new BenchError('loadWorkerEnded', `A load worker ended with code ${code}`, { exitCode: exitCodes.internal }));
  });
  return load;
}

/** A host that is not allowed ends the load, as it would where the worker dials it itself. */
async function answerLink(
  thread: Worker,
  broker: string,
  linkOf: LinkTo | undefined,
  fail: (error: unknown) => void,
): Promise<void> {
  const answer = (address: string | null, reason: string) => {
    thread.postMessage({ type: 'linked', broker, address, reason } satisfies WorkerCommand);
  };
  try {
    if (linkOf === undefined) throw new Error('nothing leads there');
    answer(await linkOf(broker), '');
  } catch (error) {
    if (error instanceof BenchError && error.exitCode === exitCodes.usage) fail(error);
    answer(null, error instanceof Error ? error.message : String(error));
  }
}
