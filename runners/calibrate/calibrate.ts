/**
 * How true and how fast the generator is on this machine: services with known delays over each protocol, the pacing over
 * the rates, and the highest rate that still gives a valid verdict. Every figure comes from a real trial.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import type {
  CalibrationResult,
  DelayCheck,
  HighestRate,
  PacingCheck,
  RateProbe,
  ResolutionCheck,
} from '../../result/calibration-result.ts';
import type { EnvironmentResult, Protocol, TrialResult } from '../../result/result-types.ts';
import { hasBroker } from '../../result/result-types.ts';
import { usualBroker } from '../../scenarios/protocols/registry.ts';
import { EvidenceReader } from '../../targets/domain/evidence.ts';
import type { RunningStack, StackNeeds } from '../../targets/stack/stack.ts';
import { describeEnvironment } from '../environment.ts';
import { pacingFor } from '../load/pacer.ts';
import { runTrial } from '../trial/run-trial.ts';
import type { FinishedTrial } from '../trial/trial-context.ts';
import type { CalibrationPlan } from './calibration-plan.ts';
import { type CalibrationLoad, calibrationScenario, type KnownService, targetOf } from './calibration-scenario.ts';
import { checkDelay, medianBefore } from './check-delay.ts';
import { searchHighestRate } from './highest-rate.ts';
import { knownDelays, numbersOf, type ToldService } from './known-delays.ts';
import { serviceAccount } from './service-account.ts';

/** Beyond its capacity a service answers nothing in time anyway; a short deadline keeps such a probe short. */
const probeDeadlineMs = 1_000;
const warmUpRate = 500;

export interface CalibrateOptions {
  /** In this order. */
  readonly protocols: readonly Protocol[];
  readonly plan: CalibrationPlan;
  readonly note: (text: string) => void;
  /** Called when a broker is needed. */
  readonly startStack: (needs: StackNeeds, signal: AbortSignal) => Promise<RunningStack>;
  /** Aborted: it ends politely, with what it has. */
  readonly signal: AbortSignal;
}

/** Rejects with a BenchError when the brokers could not be had or a trial could not begin. */
export async function calibrate(options: CalibrateOptions): Promise<CalibrationResult> {
  const startedAt = new Date().toISOString();
  const loadAverageBefore = os.loadavg()[0] ?? 0;
  const environment = await describeEnvironment();
  const workDirectory = await mkdtemp(join(os.tmpdir(), 'wirebench-work-'));
  const calibration = new Calibration(options, environment, workDirectory);
  try {
    await calibration.play();
  } catch (error) {
    if (!options.signal.aborted) throw error;
  } finally {
    await calibration.close();
    await rm(workDirectory, { recursive: true, force: true });
  }
  return {
    schemaVersion: 1,
    status: options.signal.aborted ? 'interrupted' : 'complete',
    quick: options.plan.quick,
    startedAt,
    finishedAt: new Date().toISOString(),
    environment: { ...environment, versions: calibration.versions },
    loadAverageBefore: Math.round(loadAverageBefore * 100) / 100,
    resolutions: calibration.resolutions,
    delays: calibration.delays,
    pacing: calibration.pacing,
    highestRates: calibration.highestRates,
  };
}

class Calibration {
  readonly resolutions: ResolutionCheck[] = [];
  readonly delays: DelayCheck[] = [];
  readonly pacing: PacingCheck[] = [];
  readonly highestRates: HighestRate[] = [];
  readonly #options: CalibrateOptions;
  readonly #environment: EnvironmentResult;
  readonly #workDirectory: string;
  readonly #beganMs = performance.now();
  /** By protocol and rate: the pacing's trials are probes of their protocol as well. */
  readonly #probes = new Map<string, RateProbe>();
  #stack: RunningStack | null = null;
  #trials = 0;

  constructor(options: CalibrateOptions, environment: EnvironmentResult, workDirectory: string) {
    this.#options = options;
    this.#environment = environment;
    this.#workDirectory = workDirectory;
  }

  get versions(): EnvironmentResult['versions'] {
    return this.#stack?.versions ?? {};
  }

  async play(): Promise<void> {
    const { protocols, note, plan } = this.#options;
    await this.#setUp();
    for (const protocol of protocols) await this.#checkResolution(protocol);
    for (const protocol of protocols) await this.#checkDelays(protocol);
    const [first] = protocols;
    if (first === undefined) return;
    note(`${first}: pacing at ${plan.pacingRates.join(', ')}/s`);
    for (const rate of plan.pacingRates) await this.#checkPacing(first, rate);
    for (const protocol of protocols) await this.#searchRate(protocol);
  }

  async close(): Promise<void> {
    await this.#stack?.down();
  }

  async #setUp(): Promise<void> {
    const { protocols, plan, startStack, signal, note } = this.#options;
    const behind = protocols.filter(hasBroker);
    if (behind.length === 0) return;
    const brokers = behind.flatMap((protocol) => usualBroker(protocol) ?? []);
    this.#stack = await startStack(
      { toxiproxy: false, brokers: Object.fromEntries(brokers.map((name) => [name, 1])) },
      signal,
    );
    // A JVM and a fresh broker are several times slower in their first seconds.
    note(`warming up ${brokers.join(' and ')}`);
    const load = { ratePerSecond: warmUpRate, warmupMs: 0, durationMs: plan.brokerWarmUpMs };
    await Promise.all(behind.map((protocol) => this.#trial(protocol, load, {})));
  }

  async #checkResolution(protocol: Protocol): Promise<void> {
    const { plan, note } = this.#options;
    const { result } = await this.#trial(protocol, plan.resolution, {});
    const { ratePerSecond, durationMs } = plan.resolution;
    const { p50: p50Us = null, p99: p99Us = null } = result.phases.steady?.latencyUs.offered ?? {};
    const canary = result.verdict.figures?.canary ?? null;
    this.resolutions.push({ protocol, ratePerSecond, durationMs, p50Us, p99Us, canary, verdict: result.verdict });
    const [p50, p90] = [canary?.p50Us, canary?.p90Us].map((us) =>
      us === null || us === undefined ? '?' : `${Math.round(us)} µs`,
    );
    note(`${protocol}: the instrument’s own error is ± ${p50} at p50, ± ${p90} at p90`);
  }

  async #checkDelays(protocol: Protocol): Promise<void> {
    const { plan, note } = this.#options;
    let floorUs: number | null = null;
    for (const told of knownDelays(plan, protocol)) {
      note(`${protocol}: a service with ${told.known.told}`);
      const finished = await this.#trial(protocol, told.known.load, told.behaviour);
      const { result: trial } = finished;
      if (told.behaviour.stall !== undefined) floorUs = medianBefore(trial, told.behaviour.stall.atMs);
      const account = await this.#accountOf(finished, told);
      this.delays.push(checkDelay(told.known, { protocol, trial, account, floorUs }));
    }
  }

  async #accountOf({ result, startUs, evidencePaths }: FinishedTrial, { known: { load } }: ToldService) {
    const dropped = Object.values(result.phases).reduce((sum, { counts }) => sum + counts.dropped, 0);
    if (startUs === null || evidencePaths === null || dropped > 0) return null;
    const evidence = new EvidenceReader(...evidencePaths).more();
    return serviceAccount({ evidence, startUs, gapUs: 1e6 / load.ratePerSecond, ...numbersOf(load) });
  }

  async #checkPacing(protocol: Protocol, ratePerSecond: number): Promise<void> {
    const { result } = await this.#probe(protocol, this.#options.plan.pacing(ratePerSecond));
    const steady = result.phases.steady;
    const each = result.cpu.generatorUsPerOperation;
    const { p50 = null, p99 = null, max = null } = steady?.latencyUs.sendLag ?? {};
    this.pacing.push({
      protocol,
      ratePerSecond,
      mode: pacingFor(ratePerSecond).mode,
      sendLagUs: { p50, p99, max },
      generatorCores: each === null ? null : Math.round(each * (steady?.offeredPerSecond ?? 0)) / 1e6,
      generatorUsPerOperation: each,
      verdict: result.verdict,
    });
  }

  async #searchRate(protocol: Protocol): Promise<void> {
    const { plan, note, signal } = this.#options;
    note(`${protocol}: the highest rate without a doubt but the resolution`);
    const found = await searchHighestRate({
      ladder: plan.ladder,
      firstRate: plan.firstRate,
      known: (rate) => this.#probes.get(`${protocol} ${rate}`),
      probe: async (rate) => (await this.#probe(protocol, plan.probe(rate))).probe,
      isTimeOver: () => signal.aborted || performance.now() - this.#beganMs > plan.probesUntilMs,
    });
    this.highestRates.push({ protocol, ...found });
  }

  async #probe(protocol: Protocol, load: CalibrationLoad): Promise<{ result: TrialResult; probe: RateProbe }> {
    const { result } = await this.#trial(protocol, load, {}, probeDeadlineMs);
    const { ratePerSecond } = load;
    const goodputPerSecond = result.phases.steady?.goodputPerSecond ?? 0;
    const probe: RateProbe = { ratePerSecond, goodputPerSecond, verdict: result.verdict };
    this.#probes.set(`${protocol} ${ratePerSecond}`, probe);
    return { result, probe };
  }

  /** Throws when it was cut short: half a trial has no truth. */
  async #trial(
    protocol: Protocol,
    load: CalibrationLoad,
    service: KnownService,
    deadlineMs?: number,
  ): Promise<FinishedTrial> {
    const { signal } = this.#options;
    signal.throwIfAborted();
    const scenario = calibrationScenario(protocol, load, service, deadlineMs);
    const id = `${protocol}-calm-${++this.#trials}`;
    const plan = { id, target: protocol, condition: 'calm', variant: {}, repeat: 1, plannedMs: 0 };
    const context = {
      scenario,
      stack: this.#stack,
      workDirectory: this.#workDirectory,
      cores: this.#environment.cores,
      idleUsPerSecond: undefined,
      emit: () => undefined,
    };
    const finished = await runTrial(plan, targetOf(scenario, protocol), context, signal);
    signal.throwIfAborted();
    return finished;
  }
}
