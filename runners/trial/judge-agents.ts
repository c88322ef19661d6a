/** What each agent of a trial was like: one that is slow among many does not show in what all of them measured together. */
import type { AgentResult, VerdictReason } from '../../result/result-types.ts';
import { agentLimits, isLate } from '../agents/agent-limits.ts';
import type { AgentRecord } from '../agents/agent-record.ts';
import { hasWorker } from '../agents/agent-shares.ts';
import { canaryFigures } from '../canary/canary-account.ts';
import type { WorkerData } from '../load/worker-messages.ts';
import { measuredTotal } from '../recording/measured-total.ts';
import { Recorder } from '../recording/recorder.ts';
import { generatorHealth } from './generator-health.ts';
import type { TrialRecords } from './trial-records.ts';
import { healthReasons, reason, worstStatus } from './verdict.ts';

export interface JudgedAgents {
  readonly agents: readonly AgentResult[];
  readonly reasons: readonly VerdictReason[];
}

export function judgeAgents(records: TrialRecords): JudgedAgents {
  const judged = records.agents.map((agent) => judgeAgent(agent, records));
  return { agents: judged.map(({ agent }) => agent), reasons: judged.flatMap(({ reasons }) => reasons) };
}

function judgeAgent(agent: AgentRecord, records: TrialRecords) {
  const workers = records.workers.filter(({ log }) => hasWorker(agent.share, log.producer));
  const measured = measuredOf(workers, records);
  const canary = canaryFigures(workers.flatMap(({ canaries }) => canaries ?? []));
  const health = generatorHealth(workers, measured, records.scenario.load.model);
  const ofWorkers = workers.length === 0 ? [] : healthReasons(health);
  const reasons = [...placeReasons(agent, records), ...ofWorkers].map((found): VerdictReason => {
    return { ...found, message: `Agent ${agent.name} on ${agent.host.hostname}: ${lowerFirst(found.message)}` };
  });
  const { clock, host, lost } = agent;
  const result: AgentResult = {
    name: agent.name,
    host: host.hostname,
    cores: host.cores,
    workers: agent.share,
    status: worstStatus(reasons),
    offered: measured.counts.offered,
    sendLagP99Us: health.sendLagP99Us,
    canary,
    leadMs: rounded(agent.leadMs),
    clock: {
      boundUs: Number.isFinite(clock.boundUs) ? rounded(clock.boundUs) : null,
      driftPpm: rounded(clock.driftPpm),
      roundTripUs: rounded(clock.roundTripUs),
    },
    cpuBusy: rounded(agent.cpu?.busy ?? null),
    throttled: rounded(agent.throttled),
    ...(lost !== null && { lost: { why: lost.why, atMs: Math.round(records.clock.loadMs(lost.atUs)) } }),
  };
  return { agent: result, reasons };
}

/** Of the start, the clock and the machine of an agent; of one that was lost that alone. */
function placeReasons(agent: AgentRecord, records: TrialRecords): VerdictReason[] {
  const { lost } = agent;
  if (lost !== null) {
    const atS = records.clock.loadMs(lost.atUs) / 1e3;
    const message = `It was lost ${atS.toFixed(1)} s after the end of warm-up: ${lost.why}. The load was not the one that was asked for.`;
    return [
      reason('invalid', 'agentLost', message, 'Look at what it printed, start it again, and run the trial again.'),
    ];
  }
  return [lateStart(agent), clockReason(agent, records), throttling(agent)].filter((found) => found !== null);
}

function lateStart(agent: AgentRecord): VerdictReason | null {
  if (!isLate(agent)) return null;
  const message = `It heard of the start ${(agent.leadMs ?? 0).toFixed(0)} ms before it, too late to be sure to begin with the others.`;
  return reason('invalid', 'agentLate', message, 'Run the trial again; look at the network between the hosts.');
}

function clockReason({ clock: { jumped, boundUs } }: AgentRecord, { windows }: TrialRecords): VerdictReason | null {
  if (jumped) {
    const message = 'Its clock jumped, or its machine stood still: no offset fits what was seen of it.';
    return reason('invalid', 'clockJumped', message, 'Do not suspend or move the machine while it plays.');
  }
  const { suspectClockUs, suspectClockShare, invalidClockUs } = agentLimits;
  const shortestUs = Math.min(...windows.map(({ startUs, endUs }) => endUs - startUs).filter((us) => us > 0));
  if (boundUs <= suspectClockUs && boundUs <= suspectClockShare * shortestUs) return null;
  const known = Number.isFinite(boundUs) ? `to ± ${(boundUs / 1e3).toFixed(1)} ms only` : 'not at all';
  return reason(
    boundUs > invalidClockUs ? 'invalid' : 'suspect',
    'clockUnsure',
    `Its clock was known ${known}, and phases and times between hosts no better.`,
    'Bring the hosts nearer to each other, or give the run a quieter network.',
  );
}

function throttling({ throttled }: AgentRecord): VerdictReason | null {
  if (throttled === null || throttled <= agentLimits.suspectThrottled) return null;
  const message = `Its CPU limit held it up ${(throttled * 100).toFixed(1)} % of the time.`;
  return reason('suspect', 'cpuThrottled', message, 'Give it whole CPUs, its limit equal to its request.');
}

function measuredOf(workers: readonly WorkerData[], { windows, operations }: TrialRecords) {
  const recorder = new Recorder(windows.length, operations.length);
  for (const { recording } of workers) recorder.add(recording);
  return measuredTotal(recorder, windows);
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(4));
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}
