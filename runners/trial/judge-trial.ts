/** From a finished trial's records to what its verdict goes by. */
import type { PaymentsResult, TrialResult, Verdict, VerdictReason } from '../../result/result-types.ts';
import { isLoopback, isOnThisMachine } from '../../targets/is-on-this-machine.ts';
import { hostsAndPorts } from '../../targets/target-address.ts';
import { bootId } from '../agents/agent-facts.ts';
import { canaryFigures } from '../canary/canary-account.ts';
import { faultShifts } from '../faults/fault-shifts.ts';
import { storeFailuresOf } from '../recording/last-words.ts';
import type { RecordedCell } from '../recording/recorder.ts';
import { generatorHealth } from './generator-health.ts';
import { primaryFigures } from './primary-figures.ts';
import { subscribersHealth } from './subscribers-health.ts';
import type { TrialRecords } from './trial-records.ts';
import { judge, worstStatus } from './verdict.ts';

/** `measured`: all operations of the measured phases together. */
export function judgeTrial(
  records: TrialRecords,
  measured: RecordedCell,
  phases: TrialResult['phases'],
  payments: Pick<PaymentsResult, 'accountsCents' | 'chargedCents'> | null,
  agentReasons: readonly VerdictReason[] = [],
): Verdict {
  const { scenario, cpu } = records;
  const canary = canaryFigures(records.workers.flatMap(({ canaries }) => canaries ?? []));
  const { accountsCents = null, chargedCents = 0 } = payments ?? {};
  const verdict = judge({
    cpuPressure: cpu?.pressure ?? null,
    cpuSteal: cpu?.steal ?? null,
    cpuBusy: cpu?.busy ?? null,
    otherWork: records.allProcessesKnown ? (cpu?.otherWork ?? null) : null,
    notSteady: records.warmupEnded === 'notSteady',
    ...generatorHealth(records.workers, measured, scenario.load.model),
    canary,
    primaryFigures: primaryFigures(scenario.primary, phases, canary),
    sharesCores: sharesCores(records),
    ...(accountsCents !== null && { unexplainedCents: accountsCents - chargedCents }),
    storeFailures: storeFailuresOf(records.lastWords),
    faultProblems: records.faultProblems,
    faultShifts: faultShifts(records.faults),
    lostParts: records.lostParts,
    missingEvidence: records.missingEvidence,
    subscribers: subscribersHealth(records.subscribers),
    cutShort: records.cutShort,
    stoppedBy: records.stopped?.threshold.expression ?? null,
  });
  return withReasons(verdict, agentReasons);
}

/** Loopback is that of whoever dials it. */
function sharesCores({ target, agents }: TrialRecords): boolean {
  const loadsHere = agents.length === 0 || agents.some(({ host }) => host.bootId === bootId());
  if (target.address === undefined) return loadsHere;
  const addresses = hostsAndPorts(target.address, target);
  return addresses.some((address) => isLoopback(address) || (loadsHere && isOnThisMachine(address)));
}

/** What is told of an agent by name is not told of all of them together as well. */
function withReasons(verdict: Verdict, named: readonly VerdictReason[]): Verdict {
  if (named.length === 0) return verdict;
  const codes = new Set(named.map(({ code }) => code));
  const reasons = [...verdict.reasons.filter(({ code }) => !codes.has(code)), ...named];
  return { ...verdict, reasons, status: worstStatus(reasons) };
}
