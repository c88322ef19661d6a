/** A load worker thread: opens its share of the connections, plays its share of the schedule, hands over what it recorded. */

import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { cacheOf } from '../../scenarios/cache-settings.ts';
import type { ClosedLoad } from '../../scenarios/scenario.ts';
import { allowDial } from '../../targets/allow-dial.ts';
import type { Call, Session } from '../../targets/driver.ts';
import { openSpread } from '../../targets/driver-kit/spread-session.ts';
import { loadProtocol } from '../../targets/registry.ts';
import { CanaryFlock } from '../canary/canary-flock.ts';
import { NotableOperations } from '../recording/notable-operations.ts';
import { type OnAcknowledged, OperationLog } from '../recording/operation-log.ts';
import { PhaseLookup } from '../recording/phase-windows.ts';
import { Recorder } from '../recording/recorder.ts';
import type { SampleLog } from '../recording/sample-log.ts';
import { ShownVersions } from '../recording/shown-versions.ts';
import { Timeline } from '../recording/timeline.ts';
import { VersionCourse } from '../recording/version-course.ts';
import { shareOfResilience } from '../resilience/share-of-resilience.ts';
import { OperationMix } from '../schedule/operation-mix.ts';
import { AskedLinks } from './asked-links.ts';
import { CallSource } from './call-source.ts';
import { ClosedUsers } from './closed-users.ts';
import { ownFallback, readsOnly } from './fallback.ts';
import { LoadClock, LoadSignals, type PlannedWarmup } from './load-clock.ts';
import { LoadLoop } from './load-loop.ts';
import type { PacerOptions } from './pacer.ts';
import { playSchedule } from './play-schedule.ts';
import { SecondTransport } from './second-transport.ts';
import { SessionAccount } from './session-account.ts';
import { takeApart } from './worker-error.ts';
import { WorkerHealth } from './worker-health.ts';
import type { LoadPlan, WorkerCommand, WorkerReport } from './worker-messages.ts';
import {
  addressFor,
  arrivalsOf,
  emptyCall,
  logPathOf,
  payloadPools,
  sampleLogOf,
  slotsFor,
  timeoutsOf,
  usersFor,
  type WorkerArrivals,
} from './worker-share.ts';

const tickMs = 4;
const progressMs = 200;

class LoadWorker {
  readonly #plan: LoadPlan;
  readonly #worker: number;
  readonly #port: MessagePort;
  readonly #account = new SessionAccount();
  readonly #links: AskedLinks;
  readonly #recorder: Recorder;
  readonly #timeline: Timeline;
  readonly #versions: VersionCourse;
  readonly #log: OperationLog;
  readonly #samples: SampleLog | null;
  /** null: nothing of the target is cached, nor looked at. */
  readonly #shown: ShownVersions | null;
  readonly #notable: NotableOperations;
  readonly #loop: LoadLoop;
  /** null: no second transport. */
  readonly #transport: SecondTransport | null;
  readonly #calls: readonly Call[];
  readonly #pools: readonly (readonly Buffer[])[];
  readonly #users: ClosedUsers | null;
  readonly #signals: LoadSignals;
  readonly #warmup: PlannedWarmup;
  /** Where the measured part ends, µs from the start of the plan. */
  readonly #totalUs: number;
  readonly #arrivals: WorkerArrivals | null;
  readonly #opening = new AbortController();
  #session: Session | null = null;
  #clock: LoadClock | null = null;
  #canaries: CanaryFlock | null = null;
  #health: WorkerHealth | null = null;
  /** Of the next whole second of a warm-up that ends when it is steady. */
  #second = 0;
  #secondFromUs = 0;
  #takeUpDue: (() => void) | null = null;
  /** Not yet told. */
  #handedOver: number[] = [];
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
    const slots = slotsFor(plan, worker);
    this.#pools = payloadPools(operations, plan.seed);
    this.#calls = Array.from({ length: slots }, emptyCall);
    this.#recorder = new Recorder(plan.windows.length, operations.length, plan.blocks);
    this.#timeline = new Timeline(plan.timelineIntervalMs);
    this.#versions = new VersionCourse(operations.length, plan.timelineIntervalMs, load.warmupMs);
    // Of an own system nobody keeps a ledger but of its flows, its events and what its reads show, and a long run would fill the memory for nothing.
    const isLooked = cacheOf(plan.target) !== null;
    const isHeard = plan.followed.length > 0 || plan.target.events !== undefined;
    const isKept = plan.target.address === undefined || isHeard || isLooked;
    this.#log = new OperationLog(worker, isKept, logPathOf(plan, worker), this.#onAcknowledged(plan.followed));
    this.#samples = sampleLogOf(plan, worker);
    this.#shown = isLooked ? new ShownVersions() : null;
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
    const isRead = operations.map((operation) => readsOnly(plan.target, operation));
    this.#transport = plan.fallback === undefined ? null : this.#secondTransport(slots);
    this.#loop = new LoadLoop({
      fallback: this.#transport ?? ownFallback(plan.resilience.fallback, isRead),
      slots,
      calls: this.#calls,
      source,
      operations: operations.length,
      resilience: shareOfResilience(plan.resilience, worker, workers),
      timeoutsMs: timeoutsOf(plan),
      mustRefuse: operations.map(({ caller }) => caller?.mayBeServed === false),
      phases: new PhaseLookup(plan.windows, plan.duringEndsWhenReady ? () => this.#signals.duringEndMs : null),
      recorder: this.#recorder,
      timeline: this.#timeline,
      versions: this.#versions,
      hasVersions: operations.some(({ version }) => version !== undefined),
      log: this.#log,
      samples: this.#samples,
      shown: this.#shown,
      notable: this.#notable,
      seed: plan.seed,
      nowUs: monotonicNowUs,
      onFree: (_slot, nowUs) => this.#users?.free(nowUs),
      onRefused: (nowUs) => this.#users?.refused(nowUs),
    });
  }

  #onAcknowledged(followed: readonly number[]): OnAcknowledged | null {
    if (followed.length === 0) return null;
    return (sequence, operation) => {
      if (followed.includes(operation)) this.#handedOver.push(sequence);
    };
  }

  #tellHandedOver(): void {
    if (this.#handedOver.length === 0) return;
    this.#report({ type: 'handedOver', producer: this.#worker, sequences: this.#handedOver });
    this.#handedOver = [];
  }

  #secondTransport(slots: number): SecondTransport {
    return new SecondTransport({ slots, timeoutsMs: timeoutsOf(this.#plan), nowUs: monotonicNowUs });
  }

  #usersWanted(load: ClosedLoad): ((nowUs: number) => number) | null {
    const wanted = usersFor(this.#plan, load, this.#worker);
    return wanted && ((nowUs) => wanted((this.#clock?.offsetUs(nowUs) ?? 0) / 1e3 - load.warmupMs));
  }

  async open(): Promise<void> {
    await this.#openCanaries();
    const startedMs = performance.now();
    const { driver } = await loadProtocol(this.#plan.target);
    this.#session = await openSpread(
      driver,
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
    await this.#openSecond();
    this.#account.opened(this.#session);
    this.#report({ type: 'opened', openMs: performance.now() - startedMs });
  }

  async #openSecond(): Promise<void> {
    const { fallback, trialTag, workers } = this.#plan;
    if (fallback === undefined || this.#transport === null) return;
    const { driver } = await loadProtocol(fallback.target);
    const names = { trialTag: `${trialTag}f`, worker: this.#worker, workers };
    const context = { ...fallback, ...names, payloads: this.#pools, timeoutsMs: timeoutsOf(this.#plan) };
    await this.#transport.open(driver, context, this.#opening.signal);
  }

  async #openCanaries(): Promise<void> {
    const { canaryPort, load, workers, seed } = this.#plan;
    if (canaryPort === null) return;
    const ratePerSecond = load.model === 'open' ? load.ratePerSecond : null;
    this.#canaries = await CanaryFlock.open({ port: canaryPort, worker: this.#worker, workers, ratePerSecond, seed });
  }

  linked(broker: string, address: string | null, reason: string): void {
    this.#links.answered(broker, address, `no link to ${broker}: ${reason}`);
  }

  begin(startUs: number): void {
    if (this.#session === null || this.#ended) return;
    const clock = new LoadClock(startUs, this.#warmup, this.#signals);
    this.#clock = clock;
    this.#loop.begin(this.#session, clock);
    this.#account.begin();
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
      this.#tellHandedOver();
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

  #playSchedule(arrivals: WorkerArrivals, clock: LoadClock): void {
    const pacer: PacerOptions = {
      arrivals: arrivals.spec,
      worker: this.#worker,
      workers: this.#plan.workers,
      startUs: clock.startUs,
      pacing: arrivals.pacing,
      warmup: this.#warmup,
      signals: this.#signals.memory,
    };
    this.#takeUpDue = playSchedule(pacer, arrivals.cursor, clock, {
      isOver: () => this.#ended,
      start: (index, dueUs, nowUs) => {
        this.#loop.start(index, dueUs, nowUs);
        this.#canaries?.follow(dueUs, nowUs);
      },
      allStarted: () => {
        this.#ended = true;
      },
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
    const canaries = this.#canaries?.close() ?? null;
    await this.#transport?.close();
    const counted = await this.#account.close(this.#plan.operations.length);
    this.#report({
      type: 'done',
      data: {
        recording: this.#recorder.toData(),
        timeline: this.#timeline.toData(),
        versions: this.#versions.toData(),
        log: this.#log.toData(),
        samples: this.#samples?.close() ?? null,
        shown: this.#shown?.toData() ?? null,
        notable: this.#notable.toData(),
        failures: this.#loop.failures.toData(),
        checksums: this.#pools.map((pool) => pool.map((body) => crc32(body))),
        ...counted,
        breakerChanges: this.#loop.breakerChanges,
        health,
        canaries,
      },
    });
  }

  #reportIdle(): void {
    if (this.#idleReported) return;
    this.#idleReported = true;
    this.#tellHandedOver();
    this.#report({ type: 'progress', progress: this.#loop.progress() }); // all that was not ok is in it
    this.#report({ type: 'idle', acknowledged: this.#log.countAcknowledged() });
  }

  #report(report: WorkerReport): void {
    this.#port.postMessage(report);
  }
}

const input = workerData as { readonly load?: { readonly plan: LoadPlan; readonly worker: number } } | null;
if (parentPort !== null && input?.load !== undefined) {
  const port = parentPort;
  const fail = (error: unknown) => {
    port.postMessage({ type: 'failed', error: takeApart(error) } satisfies WorkerReport);
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
