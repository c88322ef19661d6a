/** A load worker thread: opens its share of the connections, plays its share of the schedule, hands over what it recorded. */
import { PerformanceObserver } from 'node:perf_hooks';
import { type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import type { Call, Session } from '../../targets/driver.ts';
import { loadProtocol } from '../../targets/registry.ts';
import { OperationLog } from '../recording/operation-log.ts';
import { Recorder } from '../recording/recorder.ts';
import { Timeline } from '../recording/timeline.ts';
import { type ArrivalSpec, createArrivalSchedule } from '../schedule/arrival-schedule.ts';
import { OperationMix } from '../schedule/operation-mix.ts';
import { createPayloadPool } from '../schedule/payload-pool.ts';
import { CallSource } from './call-source.ts';
import { ClosedUsers } from './closed-users.ts';
import { LoadLoop } from './load-loop.ts';
import { type PacerOptions, pacingFor } from './pacer.ts';
import { WireCounter } from './wire-counter.ts';
import type { LoadPlan, WorkerCommand, WorkerError, WorkerReport } from './worker-messages.ts';

const tickMs = 4;
const progressMs = 200;
/** After a stall many arrivals are due at once: answers get a turn between stretches of this many. */
const mostStartsInARow = 256;

class LoadWorker {
  readonly #plan: LoadPlan;
  readonly #worker: number;
  readonly #port: MessagePort;
  readonly #wire = new WireCounter();
  readonly #recorder: Recorder;
  readonly #timeline: Timeline;
  readonly #log: OperationLog;
  readonly #loop: LoadLoop;
  readonly #calls: readonly Call[];
  readonly #pools: readonly (readonly Buffer[])[];
  readonly #users: ClosedUsers | null;
  readonly #stop = new SharedArrayBuffer(4);
  readonly #opening = new AbortController();
  #session: Session | null = null;
  #wireAtStart = { up: 0, down: 0 };
  #utilisationAtStart = performance.eventLoopUtilization();
  #longestGcPauseMs = 0;
  #takeUpDue: (() => void) | null = null;
  #ended = false;
  #idleReported = false;

  constructor(plan: LoadPlan, worker: number, port: MessagePort) {
    this.#plan = plan;
    this.#worker = worker;
    this.#port = port;
    const { operations, workers, load } = plan;
    const inFlight = load.model === 'open' ? load.maxInFlight : load.users;
    const slots = Math.floor(inFlight / workers) + (worker < inFlight % workers ? 1 : 0);
    this.#pools = operations.map(({ payload }) => (payload === null ? [] : createPayloadPool(payload, plan.seed)));
    this.#calls = Array.from({ length: slots }, emptyCall);
    this.#recorder = new Recorder(plan.windows.length, operations.length);
    this.#timeline = new Timeline(plan.timelineIntervalMs);
    this.#log = new OperationLog(worker);
    this.#users = load.model === 'closed' ? new ClosedUsers(slots, load.thinkTimeMs) : null;
    const source = new CallSource({
      mix: new OperationMix({ seed: plan.seed, weights: operations.map(({ weight }) => weight), keys: plan.keys }),
      trialTag: plan.trialTag,
      worker,
      workers,
      keyUses: operations.map(({ keyUse }) => keyUse),
      poolSizes: this.#pools.map((pool) => pool.length),
      cancellable: plan.cancellable,
    });
    this.#loop = new LoadLoop({
      slots,
      calls: this.#calls,
      source,
      patterns: operations.map(({ pattern }) => pattern),
      resilience: plan.resilience,
      windows: plan.windows,
      recorder: this.#recorder,
      timeline: this.#timeline,
      log: this.#log,
      seed: plan.seed,
      nowUs: monotonicNowUs,
      onFree: (_slot, nowUs) => this.#users?.free(nowUs),
    });
  }

  async open(): Promise<void> {
    const startedMs = performance.now();
    const { driver } = await loadProtocol(this.#plan.target.protocol);
    this.#session = await driver.open(
      {
        target: this.#plan.target,
        address: this.#plan.address,
        proxied: this.#plan.proxied,
        operations: this.#plan.operations,
        payloads: this.#pools,
        calls: this.#calls,
        sink: this.#loop,
        trialTag: this.#plan.trialTag,
        worker: this.#worker,
        workers: this.#plan.workers,
      },
      this.#opening.signal,
    );
    this.#report({ type: 'opened', openMs: performance.now() - startedMs });
  }

  begin(startUs: number): void {
    if (this.#session === null || this.#ended) return;
    this.#loop.begin(this.#session, startUs);
    this.#wireAtStart = this.#wire.total();
    this.#utilisationAtStart = performance.eventLoopUtilization();
    const collector = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.#longestGcPauseMs = Math.max(this.#longestGcPauseMs, entry.duration);
    });
    collector.observe({ entryTypes: ['gc'] });
    setInterval(() => {
      const nowUs = monotonicNowUs();
      this.#users?.advance(nowUs);
      this.#takeUpDue?.(); // the pacer's wakes come first; this is the net below them
      this.#loop.tick(nowUs);
      if (this.#ended && this.#loop.inFlight === 0) this.#reportIdle();
    }, tickMs);
    setInterval(() => this.#report({ type: 'progress', progress: this.#loop.progress() }), progressMs);
    if (this.#users === null) this.#playSchedule(startUs);
    else this.#playUsers(this.#users, startUs);
  }

  #playSchedule(startUs: number): void {
    const { load, seed, workers } = this.#plan;
    if (load.model !== 'open') return;
    const totalUs = (load.warmupMs + load.durationMs) * 1e3;
    const arrivals: ArrivalSpec = { arrivals: load.arrivals, ratePerSecond: load.ratePerSecond, totalUs, seed };
    const schedule = createArrivalSchedule(arrivals);
    const pacing = pacingFor(load.ratePerSecond);
    let index = this.#worker;
    let offsetUs = schedule.offsetUs(index);
    let polling = false;
    const takeUpDue = (): void => {
      polling = false;
      let nowUs = monotonicNowUs();
      for (let started = 0; offsetUs !== null && !this.#ended && startUs + offsetUs <= nowUs; started++) {
        if (started === mostStartsInARow) {
          poll();
          return;
        }
        this.#loop.start(index, startUs + offsetUs, nowUs);
        index += workers;
        offsetUs = schedule.offsetUs(index);
        nowUs = monotonicNowUs();
      }
      if (offsetUs === null) this.#ended = true;
      else if (startUs + offsetUs - nowUs <= pacing.leadUs * 1.5) poll();
    };
    const poll = (): void => {
      if (polling) return;
      polling = true;
      setImmediate(takeUpDue);
    };
    this.#takeUpDue = () => {
      if (!polling) takeUpDue();
    };
    const pacer: PacerOptions = { arrivals, worker: this.#worker, workers, startUs, pacing, stop: this.#stop };
    const thread = new Worker(new URL('./pacer.ts', import.meta.url), { workerData: { pacer } });
    thread.on('message', this.#takeUpDue);
    thread.on('error', (error) => {
      throw error;
    });
  }

  #playUsers(users: ClosedUsers, startUs: number): void {
    const { load, workers } = this.#plan;
    const endUs = startUs + (load.warmupMs + load.durationMs) * 1e3;
    let index = this.#worker;
    users.begin(startUs, (readyUs) => {
      if (this.#ended) return;
      const nowUs = monotonicNowUs();
      if (nowUs >= endUs) {
        this.#ended = true;
        return;
      }
      this.#loop.start(index, readyUs, nowUs);
      index += workers;
    });
    setTimeout(() => (this.#ended = true), Math.max(0, (endUs - monotonicNowUs()) / 1e3));
  }

  stop(): void {
    this.#opening.abort();
    this.#ended = true;
    Atomics.store(new Int32Array(this.#stop), 0, 1);
    Atomics.notify(new Int32Array(this.#stop), 0);
    this.#loop.abandon();
    this.#reportIdle();
  }

  async finish(): Promise<void> {
    const utilisation = performance.eventLoopUtilization(this.#utilisationAtStart);
    const wire = this.#wire.total();
    const session = this.#session;
    await session?.close();
    this.#report({
      type: 'done',
      data: {
        recording: this.#recorder.toData(),
        timeline: this.#timeline.toData(),
        log: this.#log.toData(),
        completions: this.#plan.operations.map(({ index }) => session?.completion(index) ?? 'acknowledged'),
        checksums: this.#pools.map((pool) => pool.map((body) => crc32(body))),
        wire: { up: wire.up - this.#wireAtStart.up, down: wire.down - this.#wireAtStart.down },
        reconnects: session?.reconnects() ?? 0,
        eventLoopUtilisation: utilisation.utilization,
        longestGcPauseMs: this.#longestGcPauseMs,
      },
    });
  }

  #reportIdle(): void {
    if (this.#idleReported) return;
    this.#idleReported = true;
    this.#report({ type: 'idle', acknowledged: this.#log.countAcknowledged() });
  }

  #report(report: WorkerReport): void {
    this.#port.postMessage(report);
  }
}

function emptyCall(): Call {
  return { operation: 0, id: '', key: '', sequence: 0, payload: 0, attempt: 0, random: 0 };
}

function describeError(error: unknown): WorkerError {
  if (error instanceof BenchError) {
    const { code, message, hint, exitCode } = error;
    return { code, message, hint, exitCode };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'internal', message, hint: undefined, exitCode: exitCodes.internal };
}

const input = workerData as { readonly load?: { readonly plan: LoadPlan; readonly worker: number } } | null;
if (parentPort !== null && input?.load !== undefined) {
  const port = parentPort;
  const worker = new LoadWorker(input.load.plan, input.load.worker, port);
  port.on('message', (command: WorkerCommand) => {
    if (command.type === 'begin') worker.begin(command.startUs);
    else if (command.type === 'stop') worker.stop();
    else void worker.finish();
  });
  worker.open().catch((error: unknown) => {
    port.postMessage({ type: 'openFailed', error: describeError(error) } satisfies WorkerReport);
  });
}
