/** A trial played by another tool: the same service behind the same link, its figures in the same result. */
import { summariseLatency } from '../../result/latency-summary.ts';
import type { OperationResult, PhaseResult, TrialResult, Verdict } from '../../result/result-types.ts';
import type { Engine, Target } from '../../scenarios/scenario.ts';
import { EvidenceReader } from '../../targets/domain/evidence.ts';
import { loadProtocol } from '../../targets/registry.ts';
import { unknownLedger } from '../assemble-trial.ts';
import type { TrialPlan } from '../plan-trials.ts';
import { prepareTrial } from '../prepare-trial.ts';
import { type CpuUse, cpuUse, sampleCpu } from '../recording/cpu-account.ts';
import { RecordedCell } from '../recording/recorder.ts';
import type { FinishedTrial, TrialContext } from '../run-trial.ts';
import { openTrialParts, type TrialParts } from '../trial-parts.ts';
import { judge } from '../verdict.ts';
import { runAutocannon } from './autocannon-engine.ts';
import type { EngineOutput, RunEngine } from './engine.ts';
import { runGhz } from './ghz-engine.ts';

export interface EnginePaths {
  readonly ghz?: string;
}

const engines = { autocannon: runAutocannon, ghz: runGhz } as const satisfies Record<
  Exclude<Engine, 'native'>,
  RunEngine
>;

/** What no other engine can do, whichever it is. */
const commonLimitations = [
  'Closed loop: latency counts from the send, not from an intended start, so a stall hides the operations it held back.',
  'The conditions’ faults are not played: there is one steady phase on a calm link.',
  'It keeps no account of acknowledged operations, so lost ones cannot be told; received and applied are the service’s own.',
];

export async function runEngineTrial(
  plan: TrialPlan,
  target: Target,
  context: TrialContext,
  paths: EnginePaths,
  signal: AbortSignal,
): Promise<FinishedTrial> {
  const { scenario, stack, workDirectory, cores, emit } = context;
  const startedAt = new Date().toISOString();
  const entry = await loadProtocol(target.protocol);
  const prepared = prepareTrial(scenario, target, entry);
  const parts = await openTrialParts({ scenario, entry, prepared, stack, workDirectory, trialId: plan.id });
  try {
    emit({ type: 'phase', id: plan.id, phase: 'steady' });
    const before = sampleCpu(parts.processes);
    const runEngine: RunEngine = engines[target.engine as Exclude<Engine, 'native'>];
    const totalWeight = prepared.operations.reduce((sum, { weight }) => sum + weight, 0);
    const output = await runEngine(
      {
        target: prepared.target,
        address: parts.address,
        operations: prepared.operations.map((operation) => ({ ...operation, share: operation.weight / totalWeight })),
        seed: scenario.workload.seed,
        keys: scenario.workload.keys,
        population: prepared.population,
        load: scenario.load,
        trialTag: prepared.trialTag,
        workDirectory,
        ghzPath: paths.ghz,
      },
      signal,
    );
    const use = cpuUse(before, sampleCpu(parts.processes), cores, context.idleUsPerSecond);
    const lostParts = parts.lostParts();
    await parts.close();
    return {
      result: {
        ...assemble(plan, prepared.target, context, parts, output, use, lostParts),
        startedAt,
        semantics: entry.semantics(prepared.target),
      },
      lostParts,
    };
  } finally {
    await parts.close();
  }
}

type Assembled = Omit<TrialResult, 'startedAt' | 'semantics'>;

function assemble(
  plan: TrialPlan,
  target: Target,
  { scenario }: TrialContext,
  parts: TrialParts,
  output: EngineOutput,
  use: CpuUse,
  lostParts: readonly string[],
): Assembled {
  const total = new RecordedCell();
  const operations: Record<string, OperationResult> = {};
  for (const [name, recorded] of Object.entries(output.steady.operations)) {
    const cell = new RecordedCell();
    const { ok, rejected, failed, timedOut, attempts } = recorded;
    Object.assign(cell.counts, {
      offered: ok + rejected + failed + timedOut,
      ok,
      rejected,
      failed,
      timedOut,
      attempts,
    });
    for (const [reason, count] of Object.entries(recorded.errors)) cell.addReason(reason, count);
    cell.latency('response').add(recorded.latencies);
    const pattern = scenario.workload.operations[name]?.pattern ?? 'request-reply';
    operations[name] = {
      pattern,
      completion: pattern === 'one-way' ? 'acknowledged' : 'replied',
      counts: { ...cell.counts },
      latencyUs: latenciesOf(cell),
    };
    total.add(cell.toData());
  }
  const seconds = output.steady.durationMs / 1e3;
  const steady: PhaseResult = {
    durationMs: output.steady.durationMs,
    offeredPerSecond: total.counts.offered / seconds,
    goodputPerSecond: total.counts.ok / seconds,
    counts: { ...total.counts },
    latencyUs: latenciesOf(total),
    operations,
    errors: Object.fromEntries(total.reasons),
  };
  const bytes = (output.bytesUp ?? 0) + (output.bytesDown ?? 0);
  const each = (us: number | null) =>
    us === null || total.counts.offered === 0 ? null : Math.round((us / total.counts.offered) * 10) / 10;
  return {
    id: plan.id,
    target: plan.target,
    protocol: target.protocol,
    condition: plan.condition,
    variant: plan.variant,
    repeat: plan.repeat,
    engine: `${target.engine} ${output.toolVersion}`,
    model: 'closed',
    limitations: [...commonLimitations, ...output.limitations],
    verdict: engineVerdict(use, lostParts),
    phases: { steady },
    ledger: serviceLedger(parts.evidencePath),
    wire: {
      bytesUp: output.bytesUp,
      bytesDown: output.bytesDown,
      bytesPerOperation:
        output.bytesUp === null || total.counts.offered === 0 ? null : Math.round(bytes / total.counts.offered),
    },
    cpu: {
      generatorUsPerOperation: each(output.cpuUs),
      serviceUsPerOperation: each(use.usedUs.service),
      brokerUsPerOperation: null,
      proxyUsPerOperation: each(use.usedUs.proxy),
    },
    faults: [],
    timeline: [],
    histograms: { steady: { response: total.latency('response').encode() } },
  };
}

function latenciesOf(cell: RecordedCell): OperationResult['latencyUs'] {
  const response = cell.peekLatency('response');
  const none = { count: 0 };
  return {
    offered: summariseLatency(response, cell.counts.offered),
    response: summariseLatency(response),
    service: summariseLatency(response),
    connectionWait: none,
    sendLag: none,
    acknowledged: none,
    delivered: none,
    failed: none,
    timedOut: none,
  };
}

function engineVerdict(use: CpuUse, lostParts: readonly string[]): Verdict {
  return judge({
    sendLagP50Us: null,
    sendLagP99Us: null,
    sendLagMaxUs: null,
    cpuPressure: use.pressure,
    cpuSteal: use.steal,
    eventLoopUtilisation: null,
    faultProblems: [],
    lostParts,
    cutShort: false,
  });
}

/** Without the other side of the account only what the service itself put on record is known. */
function serviceLedger(evidencePath: string | null): TrialResult['ledger'] {
  if (evidencePath === null) return unknownLedger;
  const received = new Set<string>();
  const applied = new Set<string>();
  for (const { kind, producer, sequence } of new EvidenceReader(evidencePath).more()) {
    (kind === 1 ? received : applied).add(`${producer}-${sequence}`);
  }
  return { ...unknownLedger, received: received.size, applied: applied.size };
}
