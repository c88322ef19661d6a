/** A whole run, top to bottom: plan, stack, trials one after another, thresholds. Each trial is on disk before the next. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError } from '../result/bench-error.ts';
import type {
  CapacityResult,
  EnvironmentResult,
  EvolutionResult,
  RunResult,
  TrialResult,
  Warning,
} from '../result/result-types.ts';
import { brokerOf } from '../scenarios/protocols/registry.ts';
import type { Scenario, Target } from '../scenarios/scenario.ts';
import { variantKey } from '../scenarios/schema/sweep-variants.ts';
import { runtimePrograms } from '../scenarios/service-runtime.ts';
import { allowDial } from '../targets/allow-dial.ts';
import { supportOfParts } from '../targets/stack/broker-support.ts';
import { createRunDirectory, sweepLeftovers } from '../targets/stack/run-directory.ts';
import { neededParts, type RunningStack, startedBrokers } from '../targets/stack/stack.ts';
import { checkOwnSystems } from './check-own-systems.ts';
import { type EnginePaths, runEngineTrial } from './engines/engine-trial.ts';
import { describeEnvironment } from './environment.ts';
import { drawMoments } from './faults/draw-moments.ts';
import { requireFaultParts } from './faults/require-fault-parts.ts';
import { planTrials, type TrialPlan } from './plan-trials.ts';
import { playEvolution, wholeEvolution } from './play-evolution.ts';
import { playSearch } from './play-search.ts';
import { sampleCpu } from './recording/cpu-account.ts';
import { IdleCpu } from './recording/idle-cpu.ts';
import { UnstoredResultError } from './result-store.ts';
import { BrokenRunError, type RunOptions } from './run-options.ts';
import { finishedTrials, plannedTrials, searchOf, stackNeeds } from './run-plan.ts';
import { runResult, trialSummary } from './run-result.ts';
import {
  beganLate,
  begunAgain,
  cpuTimeUnknown,
  samplesMissing,
  stackRestarted,
  trialWarnings,
} from './run-warnings.ts';
import { runTrial } from './trial/run-trial.ts';
import type { FinishedTrial, TrialContext } from './trial/trial-context.ts';
import { killsBroker, warmBrokers } from './warm-brokers.ts';

/** What several runs in turn share: one stack, and what is known of it. */
export interface RunParts {
  stack: RunningStack | null;
  idleCpu: IdleCpu | undefined;
  /** Started again by a fault, and not warmed since. */
  brokerIsCold: boolean;
}

export function noParts(): RunParts {
  return { stack: null, idleCpu: undefined, brokerIsCold: false };
}

/**
 * Resolves with the stored result: `complete`, or `interrupted` when the signal came. Rejects with a BenchError when the
 * stack could not be had; the partial result is on disk then, too.
 */
export async function runScenario(options: RunOptions): Promise<RunResult> {
  const run = new ScenarioRun(options);
  return run.play();
}

/** `begin`, then `playPlanned` for each of `plans` in any order, then `end` however it went. */
export class ScenarioRun {
  readonly #options: RunOptions;
  readonly #trials: TrialResult[] = [];
  readonly #capacity: CapacityResult[] = [];
  readonly #warnings: Warning[] = [];
  #evolution: EvolutionResult | undefined;
  readonly #plans: readonly TrialPlan[];
  readonly #startedAt: string;
  #environment: EnvironmentResult | null = null;
  /** The folder can no longer be written: what is finished is all that there will be. */
  #unstored: BenchError | null = null;
  readonly #parts: RunParts;
  #work: Awaited<ReturnType<typeof createRunDirectory>> | null = null;
  #engines: EnginePaths = {};

  constructor(options: RunOptions, parts: RunParts = noParts()) {
    this.#options = options;
    this.#parts = parts;
    this.#plans = planTrials(options.scenario);
    this.#startedAt = options.earlier?.run.startedAt ?? new Date().toISOString();
    if (options.earlier !== undefined) this.#trials.push(...finishedTrials(options.earlier));
    this.#evolution = wholeEvolution(options.earlier);
  }

  get plans(): readonly TrialPlan[] {
    return this.#plans;
  }

  async play(): Promise<RunResult> {
    try {
      await this.begin();
      for (const index of this.#plans.keys()) {
        if (!this.#goesOn()) break;
        await this.playPlanned(index);
        this.#tellRepeat(index);
      }
    } catch (error) {
      if (!this.#options.signal.aborted || this.#environment === null) throw this.#withFinished(error);
    } finally {
      await this.clear();
    }
    return this.end();
  }

  /** An answer stands provisionally once every trial of a repeat is there. */
  #tellRepeat(index: number): void {
    const { scenario, emit } = this.#options;
    const [played, next] = [this.#plans[index], this.#plans[index + 1]];
    if (!this.#goesOn() || played === undefined || next === undefined || next.repeat === played.repeat) return;
    const result = this.#result('partial');
    emit({ type: 'repeatFinished', repeat: played.repeat, repeats: scenario.repeats, result });
  }

  /** A trial that cannot begin does not take with it what those before it have found. */
  #withFinished(error: unknown): unknown {
    if (!(error instanceof BenchError) || this.#trials.length === 0 || this.#unstored !== null) return error;
    return new BrokenRunError(error, this.#result('partial'));
  }

  /** Everything up to the first trial; what other runs have set up is taken as it is. */
  async begin(): Promise<void> {
    const { scenario, store, emit, signal } = this.#options;
    this.#allowDial();
    const left = this.#plans.filter(({ id }) => !this.#trials.some((trial) => trial.id === id));
    const totalMs = left.reduce((sum, { plannedMs }) => sum + plannedMs, 0);
    this.#environment = await describeEnvironment();
    if (sampleCpu({}).busyMs === null) this.#warnings.push(cpuTimeUnknown);
    await store.save(this.#result('partial')); // nothing is finished yet: the error says it all
    emit({ type: 'planned', trials: plannedTrials(scenario, this.#plans), totalMs });
    this.#work = await createRunDirectory();
    const names = new Set(programsOf(this.#options));
    this.#engines = await this.#options.ensurePrograms(names, signal);
    const isShared = this.#parts.stack !== null;
    await this.#setUp();
    const isThere = this.#options.startsOwnSystems !== true;
    if (left.length > 0 && isThere) await checkOwnSystems(scenario, this.#parts.stack, signal);
    await this.#playEvolution();
    if (isShared) return;
    await this.#warmBrokers();
    await this.#measureIdle();
  }

  /** Before the brokers are warm: what it leaves in them must not be in what they need when idle. */
  async #playEvolution(): Promise<void> {
    const { scenario, emit, signal } = this.#options;
    if (scenario.evolution === undefined || this.#evolution !== undefined) return;
    const played = await playEvolution(scenario.evolution, Object.values(scenario.targets), this.#parts.stack, signal);
    for (const warning of played.warnings) this.#warn(warning);
    this.#evolution = played.evolution;
    const { cells, durationMs } = played.evolution;
    const text = `evolution: clients and services of two versions, ${cells.length} pairs in ${(durationMs / 1e3).toFixed(1)} s`;
    emit({ type: 'message', text });
    await this.#save(this.#result('partial'));
  }

  #allowDial(): void {
    const { scenario, partHosts = [] } = this.#options;
    allowDial([...scenario.allowHosts, ...partHosts]);
  }

  /** One of `plans`; nothing where an earlier run has left it finished. */
  async playPlanned(index: number): Promise<void> {
    const { scenario } = this.#options;
    const plan = this.#plans[index];
    if (plan === undefined || this.#trials.some(({ id }) => id === plan.id)) return;
    this.#allowDial(); // another run in turn may have hosts of its own
    if (this.#parts.brokerIsCold && !killsBroker(scenario, plan.condition)) {
      await this.#warmBrokers();
      this.#parts.brokerIsCold = false;
    }
    if (searchOf(scenario) === null) await this.#playTrial(index, plan);
    else await this.#findCapacity(plan);
    this.#parts.brokerIsCold ||= killsBroker(scenario, plan.condition);
  }

  /** Nothing of the run is left. */
  async clear(): Promise<void> {
    await this.#parts.stack?.down();
    this.#parts.stack = null;
    await this.#work?.remove();
  }

  /** The stored result. */
  async end(): Promise<RunResult> {
    const result = this.#result(this.#goesOn() ? 'complete' : 'interrupted');
    if (this.#unstored === null) await this.#save(result);
    if (this.#unstored !== null) throw new UnstoredResultError(this.#unstored, result);
    this.#options.emit({ type: 'finished', status: result.status });
    return result;
  }

  #goesOn(): boolean {
    return !this.#options.signal.aborted && this.#unstored === null;
  }

  /** What cannot be stored ends the run after what is finished, instead of taking that with it. */
  async #save(result: RunResult): Promise<void> {
    try {
      await this.#options.store.save(result);
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
      this.#unstored = error;
    }
  }

  async #setUp(): Promise<void> {
    const { scenario, startStack, signal } = this.#options;
    const needs = stackNeeds(scenario);
    if (neededParts(needs).length === 0) {
      await sweepLeftovers(); // a stack's start would do it
      return;
    }
    const stack = this.#parts.stack ?? (await startStack(needs, signal));
    this.#parts.stack = stack;
    requireFaultParts(scenario, stack);
    const { versions } = stack;
    const support = supportOfParts(stack);
    if (this.#environment !== null) this.#environment = { ...this.#environment, versions, support };
  }

  /** Toxiproxy alone does nothing when nothing is asked of it: only brokers are worth the seconds. */
  async #measureIdle(): Promise<void> {
    const { stack } = this.#parts;
    if (stack === null || startedBrokers(stack).length === 0) return;
    this.#parts.idleCpu = await IdleCpu.measure(stack, this.#environment?.cores ?? 1, this.#options.signal);
  }

  /** After a start of the brokers, by us or by a fault: what a cold one costs would fall on whoever comes next. */
  async #warmBrokers(): Promise<void> {
    const { scenario, emit, signal } = this.#options;
    const warmUp = await warmBrokers(scenario, (target) => this.#context(target), emit, signal);
    if (this.#environment !== null) this.#environment = { ...this.#environment, warmUp };
  }

  #context(target: Target): TrialContext {
    const { scenario, emit, openLoad, listenHost } = this.#options;
    return {
      scenario,
      ...(openLoad !== undefined && { openLoad }),
      listenHost,
      stack: this.#parts.stack,
      workDirectory: this.#work?.path ?? '',
      cores: this.#environment?.cores ?? 1,
      idleUsPerSecond: this.#parts.idleCpu?.usPerSecond(brokerOf(target)),
      emit,
    };
  }

  async #playTrial(
    index: number,
    plan: TrialPlan,
    scenario = this.#options.scenario,
    target = this.#targetOf(plan),
  ): Promise<TrialResult> {
    const { emit } = this.#options;
    const isProbe = searchOf(this.#options.scenario) !== null;
    const { id, condition, repeat, plannedMs } = plan;
    emit({ type: 'trialStarted', index, id, target: plan.target, condition, repeat, plannedMs });
    const finished = await this.#attempt(plan, target, scenario);
    const { samplesTrouble } = finished;
    if (this.#options.samplesPath !== undefined && (target.engine !== 'native' || samplesTrouble !== undefined))
      this.#warn(samplesMissing(plan.id, target.engine, samplesTrouble));
    this.#trials.push(isProbe ? { purpose: 'probe', ...finished.result } : finished.result);
    await this.#save(this.#result('partial'));
    for (const { message } of trialWarnings([finished.result])) emit({ type: 'warning', text: message });
    emit({
      type: 'trialFinished',
      index,
      id,
      verdict: finished.result.verdict.status,
      summary: trialSummary(finished.result),
    });
    if (finished.lostParts.some((part) => part !== 'service') && this.#goesOn())
      await this.#replaceStack(finished.lostParts);
    return finished.result;
  }

  #warn(warning: Warning): void {
    this.#warnings.push(warning);
    this.#options.emit({ type: 'warning', text: warning.message });
  }

  #targetOf({ target, variant }: TrialPlan): Target {
    const { scenario, variants } = this.#options;
    return variants.get(variantKey(target, variant)) ?? (scenario.targets[target] as Target);
  }

  async #findCapacity(plan: TrialPlan): Promise<void> {
    const { scenario } = this.#options;
    const target = this.#targetOf(plan);
    const capacity = await playSearch({
      ...{ scenario, plan, target },
      cores: this.#environment?.cores ?? 1,
      goesOn: () => this.#goesOn(),
      played: () => this.#trials.length,
      keep: ({ id }) => {
        const kept = this.#trials.findIndex((trial) => trial.id === id);
        const { purpose: _, ...trial } = this.#trials[kept] as TrialResult;
        this.#trials[kept] = trial;
      },
      play: (index, probe, atRate) => this.#playTrial(index, probe, atRate, target),
    });
    if (capacity === null) return;
    this.#capacity.push(capacity);
    await this.#save(this.#result('partial'));
  }

  /** A start that came too late for one of the players is tried once more. */
  async #attempt(plan: TrialPlan, target: Target, scenario: Scenario): Promise<FinishedTrial> {
    const context = this.#context(target);
    const finished = await this.#play(plan, target, scenario, context);
    if (!beganLate(finished.result) || finished.lostParts.length > 0 || !this.#goesOn()) return finished;
    this.#warn(begunAgain(plan.id));
    const workDirectory = join(context.workDirectory, `${plan.id}-again`);
    await mkdir(workDirectory);
    return this.#play(plan, target, scenario, { ...context, workDirectory });
  }

  #play(plan: TrialPlan, target: Target, scenario: Scenario, given: TrialContext): Promise<FinishedTrial> {
    const { signal, samplesPath } = this.#options;
    const conditions = drawMoments(scenario, plan.repeat);
    const context = { ...given, samplesPath, scenario: { ...scenario, conditions } };
    return target.engine === 'native'
      ? runTrial(plan, target, context, signal)
      : runEngineTrial(plan, target, context, this.#engines, signal);
  }

  async #replaceStack(lostParts: readonly string[]): Promise<void> {
    this.#warn(stackRestarted(lostParts));
    await this.#parts.stack?.down();
    this.#parts.stack = null;
    await this.#setUp();
    await this.#warmBrokers();
    await this.#measureIdle();
  }

  #result(status: RunResult['status']): RunResult {
    if (this.#environment === null)
      throw new BenchError('internal', 'The environment is described before any result is stored');
    const { scenario, plan } = this.#options;
    return runResult(
      {
        scenario,
        plan,
        plans: this.#plans,
        startedAt: this.#startedAt,
        environment: this.#environment,
        trials: [...this.#trials],
        capacity: [...this.#capacity],
        evolution: this.#evolution,
        warnings: [...this.#warnings],
      },
      status,
    );
  }
}

/** Programs beside the stack that a target takes. */
function programsOf({ scenario, variants }: Pick<RunOptions, 'scenario' | 'variants'>): string[] {
  const { targets, transports = {} } = scenario;
  const swept = [...variants.values()].filter(({ name }) => Object.hasOwn(targets, name));
  const played = [...Object.values(targets), ...swept];
  const services = [...played, ...Object.values(transports)];
  return [
    ...played.flatMap(({ engine, gateway }) => [engine, ...(gateway ? [gateway.kind] : [])]),
    ...services.flatMap(({ service }) => runtimePrograms[service?.runtime ?? 'node'] ?? []),
  ];
}
