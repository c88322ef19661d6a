/** Plays one trial whose truth is known from other clocks, beside so many processes that spin. */
import { type ChildProcess, spawn } from 'node:child_process';
import { instrumentError } from '../../result/instrument-error.ts';
import { calibrationScenario, type KnownService, targetOf } from '../../runners/calibrate/calibration-scenario.ts';
import { LoadGenerator } from '../../runners/load/load-generator.ts';
import type { LoadSource, OpenLoad } from '../../runners/load/load-source.ts';
import type { WorkerData } from '../../runners/load/worker-messages.ts';
import { runTrial } from '../../runners/trial/run-trial.ts';
import type { Scenario, Target } from '../../scenarios/scenario.ts';
import { EvidenceReader, evidenceKinds } from '../../targets/domain/evidence.ts';
import { formatOperationId } from '../../targets/domain/operation-id.ts';
import type { RunningStack } from '../../targets/stack/stack.ts';
import { operationTruths, truthAt } from './operation-truths.ts';
import type { ReplyRelay } from './relayed-stack.ts';
import type { VerdictLine } from './verdict-line.ts';
import type { ServiceName, VerdictTrial } from './verdict-trials.ts';

const behaviours: Readonly<Record<ServiceName, KnownService>> = {
  '0.2 ms': {},
  '1 ms': { workTimeMs: 1 },
  '5 ms': { workTimeMs: 5 },
  '20 ms': { workTimeMs: 20 },
  '100 ms': { workTimeMs: 100 },
  stall: { stall: { atMs: 500, forMs: 400 } },
};
const steadyLoad = { ratePerSecond: 400, warmupMs: 500, durationMs: 2_600 };
/** What a p99 takes: ten operations beyond it. */
const stallLoad = { ratePerSecond: 500, warmupMs: 500, durationMs: 2_600 };
/** Whoever waits for a connection is held up by the client, and that would have to be in the truth. */
const enoughConnections = 400;

export interface VerdictTrialContext {
  readonly stack: RunningStack;
  readonly relays: Readonly<Partial<Record<string, ReplyRelay>>>;
  readonly workDirectory: string;
  readonly cores: number;
}

export async function playVerdictTrial(trial: VerdictTrial, context: VerdictTrialContext): Promise<VerdictLine> {
  const spinners = Array.from({ length: trial.spinners }, startSpinner);
  try {
    return await play(trial, context);
  } finally {
    for (const spinner of spinners) spinner.kill('SIGKILL');
  }
}

function startSpinner(): ChildProcess {
  return spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
}

async function play(trial: VerdictTrial, { stack, relays, workDirectory, cores }: VerdictTrialContext) {
  const { protocol, service } = trial;
  const isStall = service === 'stall';
  const figure = isStall ? 'p99' : 'p50';
  const relay = relays[protocol];
  const scenario = scenarioOf(trial, figure);
  const recorded = new RecordedLoad();
  const id = `${protocol}-${trial.index}`;
  const played = await runTrial(
    { id, target: protocol, condition: 'calm', variant: {}, repeat: 1, plannedMs: 0 },
    scenario.targets[protocol] as Target,
    {
      ...{ scenario, workDirectory, cores, idleUsPerSecond: undefined, emit: () => undefined },
      ...{ stack, openLoad: recorded.open },
    },
    new AbortController().signal,
  );
  const { result, startUs, evidencePaths } = played;
  const { offered, sendLag } = result.phases.steady?.operations.getOrder?.latencyUs ?? {};
  const answers = relay === undefined ? appliedIn(evidencePaths ?? [], recorded.trialTag) : await relay.collect();
  const truths = operationTruths({
    trialTag: recorded.trialTag,
    logs: recorded.workers.map(({ log }) => log),
    fromUs: (startUs ?? 0) + scenario.load.warmupMs * 1e3,
    answeredUs: (operation) => answers[operation],
    fastestUs: offered?.min ?? 0,
    // What waits for the batch before it to leave is held up by the client, as it would be anywhere.
    gatheredSendLagUs: protocol === 'stream' ? (sendLag?.[figure] ?? 0) : null,
  });
  const { canary = null, cpuPressure = null, otherWork = null } = result.verdict.figures ?? {};
  const quantile = isStall ? 0.99 : 0.5;
  const reasons = result.verdict.reasons.filter(({ code }) => code !== 'otherWork');
  const isInvalid = reasons.some(({ status }) => status === 'invalid');
  // A truth with holes is none.
  // The service of gRPC writes the answers of a burst only once it has worked all of it off: its evidence is too early.
  const isAnsweredLater = protocol === 'grpc' && isStall;
  const isKnown = !isAnsweredLater && truths.us.length > 0 && truths.unknown <= truths.us.length / 100;
  const line: VerdictLine = {
    ...trial,
    figure,
    recordedUs: offered?.[figure] ?? null,
    truthUs: isKnown ? truthAt(truths, quantile) : null,
    resolutionUs: instrumentError(canary, quantile)?.us ?? null,
    status: isInvalid ? 'invalid' : reasons.length > 0 ? 'suspect' : 'valid',
    reasons: reasons.map(({ code }) => code),
    ...{ canary, cpuPressure, otherWork },
  };
  return line;
}

function scenarioOf({ protocol, service }: VerdictTrial, figure: 'p50' | 'p99'): Scenario {
  const load = service === 'stall' ? stallLoad : steadyLoad;
  const scenario = calibrationScenario(protocol, load, behaviours[service]);
  const isBrokered = protocol === 'queue' || protocol === 'stream';
  const target = targetOf(scenario, protocol);
  return {
    ...scenario,
    load: { ...scenario.load, arrivals: 'poisson' } as Scenario['load'],
    targets: {
      [protocol]: {
        ...target,
        via: isBrokered ? 'proxy' : 'direct',
        ...(protocol === 'rest' && { connections: enoughConnections }),
      } as Target,
    },
    ...(figure === 'p99' && {
      primary: { operation: 'getOrder', metric: 'offered p99', condition: 'calm', phase: 'steady' },
    }),
  };
}

function appliedIn(paths: readonly string[], trialTag: string): Record<string, number> {
  const applied: Record<string, number> = {};
  for (const { kind, producer, sequence, atUs } of new EvidenceReader(...paths).more()) {
    if (kind === evidenceKinds.applied) applied[formatOperationId(trialTag, producer, sequence)] ??= atUs;
  }
  return applied;
}

/** Keeps what the load workers recorded, which a result holds only in sums. */
class RecordedLoad {
  workers: readonly WorkerData[] = [];
  trialTag = '';

  readonly open: OpenLoad = async (plan, signal) => {
    this.trialTag = plan.trialTag;
    const source: LoadSource = await LoadGenerator.open(plan, signal);
    const finish = source.finish.bind(source);
    source.finish = async () => {
      this.workers = await finish();
      return this.workers;
    };
    return source;
  };
}
