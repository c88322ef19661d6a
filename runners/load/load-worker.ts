/** A load worker thread: opens its share of the connections, plays its share of the schedule, hands over what it recorded. */

import { join } from 'node:path';
import { type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import { batchesSince } from '../../result/batch-counts.ts';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { beside } from '../../result/beside.ts';
import { bodiesSince } from '../../result/body-bytes.ts';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import type { BatchCounts, BodyBytes } from '../../result/result-types.ts';
import { readArrivalFile } from '../../scenarios/arrival-file.ts';
import { NamedFileError } from '../../scenarios/named-file.ts';
import type { ClosedLoad, OpenLoad } from '../../scenarios/scenario.ts';
import { allowDial } from '../../targets/allow-dial.ts';
import type { Call, Session } from '../../targets/driver.ts';
import { rotated } from '../../targets/driver-kit/client-socket.ts';
import { connectionShare } from '../../targets/driver-kit/connection-keeper.ts';
import { loadProtocol } from '../../targets/registry.ts';
import { CanaryFlock } from '../canary/canary-flock.ts';
import { NotableOperations } from '../recording/notable-operations.ts';
import { OperationLog } from '../recording/operation-log.ts';
import { PhaseLookup } from '../recording/phase-windows.ts';
import { Recorder } from '../recording/recorder.ts';
import { SampleLog } from '../recording/sample-log.ts';
import { Timeline } from '../recording/timeline.ts';
import { shareOfResilience } from '../resilience/share-of-resilience.ts';
import type { ArrivalSpec } from '../schedule/arrival-schedule.ts';
import { OperationMix } from '../schedule/operation-mix.ts';
import { createPayloadPool } from '../schedule/payload-pool.ts';
import { stagesOf } from '../schedule/planned-rate.ts';
import { ArrivalCursor } from './arrival-cursor.ts';
import { AskedLinks } from './asked-links.ts';
import { CallSource } from './call-source.ts';
import { ClosedUsers, usersAt } from './closed-users.ts';
import { LoadClock, LoadSignals, type PlannedWarmup } from './load-clock.ts';
import { LoadLoop } from './load-loop.ts';
import { type PacerOptions, pacingFor } from './pacer.ts';
import { WireCounter } from './wire-counter.ts';
import { WorkerHealth } from './worker-health.ts';
import type { LoadPlan, WorkerCommand, WorkerError, WorkerReport } from './worker-messages.ts';

const tickMs = 4;
const progressMs = 200;
/** After a stall many arrivals are due at once: answers get a turn between stretches of this many. */
const mostStartsInARow = 256;

type Arrivals = ReturnType<typeof arrivalsOf>;

class LoadWorker {
  readonly #plan: LoadPlan;
  readonly #worker: number;
  readonly #port: MessagePort;
  readonly #wire = new WireCounter();
  readonly #links: AskedLinks;
  readonly #recorder: Recorder;
  readonly #timeline: Timeline;
  readonly #log: OperationLog;
  readonly #samples: SampleLog | null;
  readonly #notable: NotableOperations;
  readonly #loop: LoadLoop;
  readonly #calls: readonly Call[];
  readonly #pools: readonly (readonly Buffer[])[];
  readonly #users: ClosedUsers | null;
  readonly #signals: LoadSignals;
  readonly #warmup: PlannedWarmup;
  /** Where the measured part ends, µs from the start of the plan. */
  readonly #totalUs: number;
  readonly #arrivals: Arrivals | null;
  readonly #opening = new AbortController();
  #session: Session | null = null;
  #clock: LoadClock | null = null;
  #canaries: CanaryFlock | null = null;
  #wireAtStart = { up: 0, down: 0 };
  #bodiesAtStart: BodyBytes | null = null;
  #batchesAtStart: BatchCounts | null = null;
  #health: WorkerHealth | null = null;
  /** Of the next whole second of a warm-up that ends when it is steady. */
  #second = 0;
  #secondFromUs = 0;
  #takeUpDue: (() => void) | null = null;
  #ended = false;
  #idleReported = false;

  constructor(plan: LoadPlan, worker: number, port: MessagePort) {
    this.#plan = plan;
    this.#worker = worker;
    this.#port = port;
    this.#links = new AskedLinks((broker) => this.#report({ type: 'link', broker }));
    const { operations, workers, load } = plan;
    this.#signals = new LoadSignals(plan.signals);
    this.#warmup = { warmupMs: load.warmupMs, untilSteady: load.warmupUntilSteady };
    this.#totalUs = (load.warmupMs + load.durationMs) * 1e3;
    this.#arrivals = load.model === 'open' ? arrivalsOf(plan, load, worker, this.#warmup) : null;
    const inFlight = load.model === 'open' ? load.maxInFlight : load.users;
    const slots = Math.floor(inFlight / workers) + (worker < inFlight % workers ? 1 : 0);
    this.#pools = operations.map(({ payload }) => (payload === null ? [] : createPayloadPool(payload, plan.seed)));
    this.#calls = Array.from({ length: slots }, emptyCall);
    this.#recorder = new Recorder(plan.windows.length, operations.length, plan.blocks);
    this.#timeline = new Timeline(plan.timelineIntervalMs);
    // Nobody keeps a ledger of an own system, and a long run would fill the memory for nothing.
    this.#log = new OperationLog(worker, plan.target.address === undefined, logPathOf(plan, worker));
    this.#samples =
      plan.samples === undefined || plan.samples === null
        ? null
        : new SampleLog(
            plan.samples,
            worker,
            operations.map(({ name }) => name),
            plan.windows.map(({ name }) => name),
          );
    this.#notable = new NotableOperations(plan.windows.findIndex(({ name }) => name !== 'warmup'));
    this.#users = load.model === 'closed' ? new ClosedUsers(slots, load.thinkTimeMs, this.#usersWanted(load)) : null;
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
      operations: operations.length,
      resilience: shareOfResilience(plan.resilience, worker, workers),
      timeoutsMs: timeoutsOf(plan),
      phases: new PhaseLookup(plan.windows, plan.duringEndsWhenReady ? () => this.#signals.duringEndMs : null),
      recorder: this.#recorder,
      timeline: this.#timeline,
      log: this.#log,
      samples: this.#samples,
      notable: this.#notable,
      seed: plan.seed,
      nowUs: monotonicNowUs,
      onFree: (_slot, nowUs) => this.#users?.free(nowUs),
      onRefused: (nowUs) => this.#users?.refused(nowUs),
    });
  }

  /** This worker's part of the users at a time; null: always all. */
  #usersWanted({ userStages: stages, warmupMs }: ClosedLoad): ((nowUs: number) => number) | null {
    if (stages === undefined) return null;
    const { workers } = this.#plan;
    return (nowUs) => {
      const offsetMs = (this.#clock?.offsetUs(nowUs) ?? 0) / 1e3 - warmupMs;
      const all = usersAt(stages, offsetMs);
      return Math.floor(all / workers) + (this.#worker < all % workers ? 1 : 0);
    };
  }

  async open(): Promise<void> {
    await this.#openCanaries();
    const startedMs = performance.now();
    const { driver } = await loadProtocol(this.#plan.target);
    this.#session = await driver.open(
      {
        target: this.#plan.target,
        address: addressFor(this.#plan, this.#worker),
        proxied: this.#plan.proxied,
        linkOf: this.#plan.asksForLinks ? (broker) => this.#links.addressOf(broker) : undefined,
        operations: this.#plan.operations,
        payloads: this.#pools,
        calls: this.#calls,
        sink: this.#loop,
        timeoutsMs: timeoutsOf(this.#plan),
        reconnect: this.#plan.resilience.reconnect,
        trialTag: this.#plan.trialTag,
        worker: this.#worker,
        workers: this.#plan.workers,
      },
      this.#opening.signal,
    );
    this.#report({ type: 'opened', openMs: performance.now() - startedMs });
  }

  async #openCanaries(): Promise<void> {
    const { canaryPort, load, workers, seed } = this.#plan;
    if (canaryPort === null) return;
    const ratePerSecond = load.model === 'open' ? load.ratePerSecond : null;
    this.#canaries = await CanaryFlock.open({ port: canaryPort, worker: this.#worker, workers, ratePerSecond, seed });
  }

  linked(broker: string, address: string | null, reason: string): void {
    this.#links.answered(broker, address, reason);
  }

  begin(startUs: number): void {
    if (this.#session === null || this.#ended) return;
    const clock = new LoadClock(startUs, this.#warmup, this.#signals);
    this.#clock = clock;
    this.#loop.begin(this.#session, clock);
    this.#wireAtStart = this.#wire.total();
    this.#bodiesAtStart = this.#session.bodyBytes?.() ?? null;
    this.#batchesAtStart = this.#session.batches?.() ?? null;
    this.#secondFromUs = startUs;
    this.#canaries?.begin((dueUs) => clock.offsetUs(dueUs) >= this.#warmup.warmupMs * 1e3);
    const health = new WorkerHealth(tickMs);
    this.#health = health;
    setInterval(() => {
      const nowUs = monotonicNowUs();
      const offsetUs = clock.offsetUs(nowUs);
      health.tick(offsetUs < this.#warmup.warmupMs * 1e3 ? 'before' : offsetUs < this.#totalUs ? 'measuring' : 'after');
      this.#users?.tick(nowUs);
      this.#takeUpDue?.(); // the pacer's wakes come first; this is the net below them
      this.#loop.tick(nowUs);
      if (!clock.isDecided) this.#reportSecond(clock, nowUs);
      if (this.#users !== null && offsetUs >= this.#totalUs) this.#ended = true;
      if (this.#ended && this.#loop.inFlight === 0) this.#reportIdle();
    }, tickMs);
    setInterval(() => {
      // Until a warm-up is found steady the display goes by its seconds: to look is to start counting anew.
      if (clock.isDecided) this.#report({ type: 'progress', progress: this.#loop.progress() });
      this.#samples?.flush();
    }, progressMs);
    if (this.#users !== null) this.#playUsers(this.#users, clock);
    else if (this.#arrivals !== null) this.#playSchedule(this.#arrivals, clock);
  }

  #reportSecond(clock: LoadClock, nowUs: number): void {
    const offsetUs = nowUs - clock.startUs;
    if (offsetUs < (this.#second + 1) * 1e6) return;
    const ok = this.#loop.recent();
    const second = Math.floor(offsetUs / 1e6) - 1;
    this.#report({ type: 'second', second, spanMs: (nowUs - this.#secondFromUs) / 1e3, ok });
    this.#report({ type: 'progress', progress: this.#loop.progress() });
    this.#second = second + 1;
    this.#secondFromUs = nowUs;
  }

  #playSchedule({ spec, cursor, pacing }: Arrivals, clock: LoadClock): void {
    let polling = false;
    const takeUpDue = (): void => {
      polling = false;
      let nowUs = monotonicNowUs();
      let dueUs = cursor.dueUs(clock);
      for (let started = 0; dueUs !== null && !this.#ended && dueUs <= nowUs; started++) {
        if (started === mostStartsInARow) {
          poll();
          return;
        }
        this.#loop.start(cursor.index, dueUs, nowUs);
        this.#canaries?.follow(dueUs, nowUs);
        cursor.next();
        dueUs = cursor.dueUs(clock);
        nowUs = monotonicNowUs();
      }
      if (dueUs === null) this.#ended = true;
      else if (dueUs - nowUs <= pacing.leadUs * 1.5) poll();
    };
    const poll = (): void => {
      if (polling) return;
      polling = true;
      setImmediate(takeUpDue);
    };
    this.#takeUpDue = () => {
      if (!polling) takeUpDue();
    };
    const pacer: PacerOptions = {
      arrivals: spec,
      worker: this.#worker,
      workers: this.#plan.workers,
      startUs: clock.startUs,
      pacing,
      warmup: this.#warmup,
      signals: this.#signals.memory,
    };
    const thread = new Worker(beside(import.meta.url, 'pacer'), { workerData: { pacer } });
    thread.on('message', this.#takeUpDue);
    thread.on('error', (error) => {
      throw error;
    });
  }

  #playUsers(users: ClosedUsers, clock: LoadClock): void {
    let index = this.#worker;
    users.begin(clock.startUs, (readyUs) => {
      if (this.#ended) return;
      const nowUs = monotonicNowUs();
      if (clock.offsetUs(nowUs) >= this.#totalUs) {
        this.#ended = true;
        return;
      }
      this.#loop.start(index, readyUs, nowUs);
      this.#canaries?.follow(readyUs, nowUs);
      index += this.#plan.workers;
    });
  }

  stop(): void {
    this.#opening.abort();
    this.#ended = true;
    this.#signals.stop();
    this.#loop.abandon();
    this.#reportIdle();
  }

  async finish(): Promise<void> {
    const health = this.#health?.finish() ?? null;
    const wire = this.#wire.total();
    const session = this.#session;
    const bodies = session?.bodyBytes?.() ?? null;
    const batches = session?.batches?.() ?? null;
    const messages = session?.messages?.() ?? null;
    const canaries = this.#canaries?.close() ?? null;
    const blockedPublishers = session?.blockedPublishers?.() ?? null;
    const ignoredMessages = session?.ignoredMessages?.() ?? null;
    await session?.close();
    this.#report({
      type: 'done',
      data: {
        recording: this.#recorder.toData(),
        timeline: this.#timeline.toData(),
        log: this.#log.toData(),
        samples: this.#samples?.close() ?? null,
        notable: this.#notable.toData(),
        failures: this.#loop.failures.toData(),
        completions: this.#plan.operations.map(({ index }) => session?.completion(index) ?? 'acknowledged'),
        checksums: this.#pools.map((pool) => pool.map((body) => crc32(body))),
        wire: { up: wire.up - this.#wireAtStart.up, down: wire.down - this.#wireAtStart.down },
        bodies: bodies === null ? null : bodiesSince(this.#bodiesAtStart, bodies),
        messages,
        batches: batches === null ? null : batchesSince(this.#batchesAtStart, batches),
        reconnects: session?.reconnects() ?? 0,
        blockedPublishers,
        ignoredMessages,
        breakerChanges: this.#loop.breakerChanges,
        health,
        canaries,
      },
    });
  }

  #reportIdle(): void {
    if (this.#idleReported) return;
    this.#idleReported = true;
    this.#report({ type: 'progress', progress: this.#loop.progress() }); // all that was not ok is in it
    this.#report({ type: 'idle', acknowledged: this.#log.countAcknowledged() });
  }

  #report(report: WorkerReport): void {
    this.#port.postMessage(report);
  }
}

function timeoutsOf({ operations, resilience }: LoadPlan): number[] {
  return operations.map(({ timeoutMs }) => timeoutMs ?? resilience.timeoutMs);
}

/** Over several instances the connections of all workers together go on in turn. */
function addressFor({ target, address, workers }: LoadPlan, worker: number): string {
  if (!('connections' in target) || (target.instances ?? 1) === 1) return address;
  let before = 0;
  for (let other = 0; other < worker; other++) before += connectionShare(target.connections, other, workers);
  return rotated(address, before);
}

function logPathOf({ logFolder, trialTag }: LoadPlan, worker: number): string | null {
  return logFolder === null ? null : join(logFolder, `${trialTag}-${worker}.operations`);
}

function arrivalsOf({ seed, workers }: LoadPlan, load: OpenLoad, worker: number, warmup: PlannedWarmup) {
  const stages = stagesOf(load);
  const { arrivals, recording } = load;
  const recordedUs = recording === null ? undefined : recordedArrivals(recording);
  const spec: ArrivalSpec = { arrivals, stages, seed, recordedUs };
  return { spec, cursor: new ArrivalCursor(spec, warmup, worker, workers), pacing: pacingFor(load.ratePerSecond) };
}

/** It was readable when the scenario was. */
function recordedArrivals({ path, unit }: NonNullable<OpenLoad['recording']>): Float64Array {
  try {
    return readArrivalFile(path, unit);
  } catch (cause) {
    if (!(cause instanceof NamedFileError)) throw cause;
    const hint = 'It has changed since the scenario was read; start the run again.';
    throw new BenchError('arrivalFile', `${path}: ${cause.message}`, { hint, exitCode: exitCodes.usage, cause });
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
  const fail = (error: unknown) => {
    port.postMessage({ type: 'failed', error: describeError(error) } satisfies WorkerReport);
  };
  allowDial(input.load.plan.allowHosts, fail);
  try {
    const worker = new LoadWorker(input.load.plan, input.load.worker, port);
    port.on('message', (command: WorkerCommand) => {
      if (command.type === 'begin') worker.begin(command.startUs);
      else if (command.type === 'linked') worker.linked(command.broker, command.address, command.reason);
      else if (command.type === 'stop') worker.stop();
      else void worker.finish();
    });
    worker.open().catch(fail);
  } catch (error) {
    fail(error);
  }
}
