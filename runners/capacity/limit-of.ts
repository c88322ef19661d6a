/** Which part kept a system from a higher rate, read off the trial that missed beside the slowest one that did not. */
import type { CapacityLimit, TrialResult } from '../../result/result-types.ts';
import { hasBroker } from '../../result/result-types.ts';

/** A part whose work is one thread's is at its end with this much of a core. */
const fullCore = 0.85;
/** Answers, or acknowledgements, that take this many times as long as at a low rate have been waiting for somebody. */
const slowerFactor = 1.5;
const generatorCodes = ['generatorLate', 'sendLag', 'generatorStall', 'gcPauses', 'generatorDrops', 'generatorBusy'];
/** Of all cores; a scheduler does not fill the last of them. */
const fullMachine = 0.85;
const tellingOtherWork = 0.05;

const percent = (share: number) => `${Math.round(share * 100)} %`;

/** `base`: at the lowest rate, null when even that was missed. */
export function limitOf(missed: TrialResult, base: TrialResult | null, cores: number): CapacityLimit {
  const codes = missed.verdict.reasons.map(({ code }) => code);
  const used = coresUsed(missed);
  const usedText = Object.entries(used)
    .map(([part, share]) => `${part} ${share.toFixed(2)}`)
    .join(', ');
  const generatorDoubt = codes.find((code) => generatorCodes.includes(code));
  if (generatorDoubt !== undefined) {
    return { part: 'generator', evidence: `The generator itself was the doubt: ${generatorDoubt}.` };
  }
  const busy = missed.verdict.figures?.cpuBusy ?? 0;
  if (busy >= fullMachine) {
    const other = missed.verdict.figures?.otherWork ?? 0;
    const others = other < tellingOtherWork ? '' : `, ${percent(other)} with programs that are no part of this run`;
    const evidence = `Its ${cores} cores were busy ${percent(busy)} of the time${others}; used: ${usedText}.`;
    return { part: 'machine', evidence };
  }
  for (const [part, name] of [
    ['proxy', 'network'],
    ['service', 'service'],
    ['broker', 'broker'],
  ] as const) {
    if ((used[part] ?? 0) < fullCore) continue;
    const what = part === 'proxy' ? 'Toxiproxy, which stands for the network' : `the ${part}`;
    return { part: name, evidence: `${what} used ${(used[part] ?? 0).toFixed(2)} cores.` };
  }
  if (missed.faults.some(({ settings }) => typeof settings.bytesPerSecond === 'number')) {
    return { part: 'network', evidence: 'The bandwidth of the link was limited, and no part was out of CPU.' };
  }
  return slowest(missed, base, usedText);
}

function coresUsed({
  cpu,
  phases,
}: TrialResult): Partial<Record<'generator' | 'service' | 'broker' | 'proxy', number>> {
  const offered = Object.entries(phases).filter(([name]) => name !== 'warmup' && name !== 'drain');
  const count = offered.reduce((sum, [, phase]) => sum + phase.counts.offered, 0);
  const durationMs = offered.reduce((sum, [, phase]) => sum + phase.durationMs, 0);
  const perSecond = durationMs === 0 ? 0 : (count * 1e3) / durationMs;
  const known = {
    generator: cpu.generatorUsPerOperation,
    service: cpu.serviceUsPerOperation,
    broker: cpu.brokerUsPerOperation,
    proxy: cpu.proxyUsPerOperation,
  };
  return Object.fromEntries(
    Object.entries(known).flatMap(([part, us]) => (us === null ? [] : [[part, (us * perSecond) / 1e6]])),
  );
}

/** Nobody was out of CPU: whose waiting grew? */
function slowest(missed: TrialResult, base: TrialResult | null, usedText: string): CapacityLimit {
  const acknowledged = grown(missed, base, 'acknowledged');
  const isBrokered = hasBroker(missed.protocol);
  if (isBrokered && acknowledged !== null) {
    return { part: 'broker', evidence: `Its acknowledgements took ${acknowledged}; cores used: ${usedText}.` };
  }
  const service = grown(missed, base, 'service');
  if (service !== null) {
    const what = isBrokered ? 'From sending to completion it took' : 'Its answers took';
    return { part: 'service', evidence: `${what} ${service}, and not for want of CPU (cores used: ${usedText}).` };
  }
  const wait = grown(missed, base, 'connectionWait');
  if (wait !== null) {
    return {
      part: 'connections',
      evidence: `The wait for a free connection took ${wait}; more of them may carry more.`,
    };
  }
  return { part: null, evidence: `No part was out of CPU (cores used: ${usedText}), and nothing waited longer.` };
}

/** Fewer tell no median. */
const leastSamples = 20;

/** `41 ms instead of 5.2 ms`, of the medians; null: it did not grow, or is not known. */
function grown(
  missed: TrialResult,
  base: TrialResult | null,
  latency: 'acknowledged' | 'service' | 'connectionWait',
): string | null {
  const us = medianOf(missed, latency);
  const usualUs = base === null ? 0 : medianOf(base, latency);
  if (us === null || usualUs === null || !(us > usualUs * slowerFactor)) return null;
  const ms = (value: number) =>
    Number.isFinite(value) ? `${(value / 1e3).toPrecision(3)} ms` : 'longer than half of the operations waited,';
  return base === null ? ms(us) : `${ms(us)} instead of ${ms(usualUs)}`;
}

function medianOf({ phases }: TrialResult, latency: 'acknowledged' | 'service' | 'connectionWait'): number | null {
  const summary = (phases.during ?? phases.steady)?.latencyUs[latency];
  // Over all operations, of which more than half never came that far.
  if (summary?.p50 === null && summary.count >= leastSamples) return Number.POSITIVE_INFINITY;
  return summary?.p50 ?? null;
}
