/** The main thread's side of the load workers of this process: it only controls; rendering and disk never sit on the load path. */

import { Worker } from 'node:worker_threads';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { beside } from '../../result/beside.ts';
import { answerLink, type LinkAnswers } from './answer-link.ts';
import { JointLoad, type LoadPlayer, noProgress } from './joint-load.ts';
import { LoadSignals } from './load-clock.ts';
import type { LinkTo, LoadSource } from './load-source.ts';
import { putTogether } from './worker-error.ts';
import type { HandedOver, LoadPlan, SecondReport, WorkerCommand, WorkerData, WorkerReport } from './worker-messages.ts';

interface LoadThread extends LoadPlayer {
  readonly thread: Worker;
  readonly opened: PromiseWithResolvers<number>;
  readonly done: PromiseWithResolvers<WorkerData>;
}

export class LoadGenerator extends JointLoad implements LoadSource {
  protected readonly players: readonly LoadThread[];
  readonly signals: LoadSignals;

  private constructor(plan: LoadPlan, linkOf: LinkTo | undefined) {
    super();
    this.signals = new LoadSignals(plan.signals);
    const { first, count } = plan.share;
    this.players = Array.from({ length: count }, (_, n) =>
      startThread({ plan, worker: first + n, linkOf, passOn: (report) => this.passOn(report) }),
    );
  }

  /** See OpenLoad; rejects with the first worker's BenchError. */
  static async open(plan: LoadPlan, signal: AbortSignal, linkOf?: LinkTo): Promise<LoadGenerator> {
    const generator = new LoadGenerator(plan, linkOf);
    const abort = () => generator.stop();
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      await Promise.all(generator.players.map(({ opened }) => opened.promise));
      return generator;
    } catch (error) {
      await generator.terminate();
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  get workers(): number {
    return this.players.length;
  }

  begin(startUs: number): void {
    this.#send({ type: 'begin', startUs });
  }

  stop(): void {
    this.#send({ type: 'stop' });
  }

  async finish(): Promise<readonly WorkerData[]> {
    this.#send({ type: 'finish' });
    const data = await Promise.all(this.players.map(({ done }) => done.promise));
    await this.terminate();
    return data;
  }

  async terminate(): Promise<void> {
    await Promise.all(this.players.map(({ thread }) => thread.terminate()));
  }

  #send(command: WorkerCommand): void {
    for (const { thread } of this.players) thread.postMessage(command);
  }
}

interface StartedLoad {
  readonly plan: LoadPlan;
  readonly worker: number;
  readonly linkOf: LinkTo | undefined;
  readonly passOn: (report: SecondReport | HandedOver) => void;
}

function startThread({ plan, worker, linkOf, passOn }: StartedLoad): LoadThread {
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
    else if (report.type === 'second' || report.type === 'handedOver') passOn(report);
    else if (report.type === 'idle') load.idle.resolve(report.acknowledged);
    else if (report.type === 'done') load.done.resolve(report.data);
    else if (report.type === 'link') {
      const { broker } = report;
      const answer: LinkAnswers['answer'] = (address, reason) =>
        thread.postMessage({ type: 'linked', broker, address, reason } satisfies WorkerCommand);
      void answerLink(broker, linkOf, { answer, fail });
    } else fail(putTogether(report.error));
  });
  thread.on('error', fail);
  thread.on('exit', (code) => {
    fail(new BenchError('loadWorkerEnded', `A load worker ended with code ${code}`, { exitCode: exitCodes.internal }));
  });
  return load;
}
