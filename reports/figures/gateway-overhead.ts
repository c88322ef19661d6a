/** What a gateway adds to the latency: its target beside the one of the same protocol that has none, repeat by repeat. */
import type { PercentileName } from '../../result/latency-summary.ts';
import type { PhaseName } from '../../result/result-types.ts';
import { type PairedDifference, pairedDifference } from '../../result/statistics/paired-difference.ts';
import { leastRepeats } from '../../result/statistics/statistics-order.ts';
import { formatUs } from '../text/format-values.ts';
import { type ConditionGroup, type Contender, operationsOf } from './result-view.ts';
import { type SpreadPlace, spreadOf } from './spread.ts';

/** Name of the setting, and of the process. */
export const gatewayName = 'gateway';

export interface Added extends PairedDifference {
  /** 0 is not within its interval, and it is more than the instrument's own error. */
  readonly isTold: boolean;
}

export interface GatewayOverhead {
  readonly behind: Contender;
  /** null: no target of its protocol is without a gateway. */
  readonly direct: Contender | null;
  readonly operation: string;
  readonly phase: PhaseName;
  /** null: nothing to compare, or fewer than three repeats have both. */
  readonly addedToMiddle: Added | null;
  readonly addedToTail: Added | null;
  /** p99 where the repeats have it, else p90. */
  readonly tail: PercentileName;
}

/** Of the first operation, during the faults where there are any; none without a gateway. */
export function gatewayOverheads(group: ConditionGroup): GatewayOverhead[] {
  const all = group.contenders.filter(hasGateway);
  const [operation] = operationsOf(group);
  const phase = group.phases.includes('during') ? 'during' : group.phases[0];
  if (operation === undefined || phase === undefined) return [];
  const placeOf = (percentile: PercentileName): SpreadPlace => {
    return { operation: operation.name, phase, latency: 'offered', percentile };
  };
  const hasP99 = all.every((behind) => spreadOf(behind, placeOf('p99')).us !== null);
  const tail = hasP99 ? 'p99' : 'p90';
  return all.map((behind) => {
    const direct = directFor(group, behind);
    const of = (percentile: PercentileName) => {
      const place = placeOf(percentile);
      return direct === null ? null : addedBy(spreadOf(direct, place), spreadOf(behind, place), all.length * 2);
    };
    return { behind, direct, operation: operation.name, phase, addedToMiddle: of('p50'), addedToTail: of(tail), tail };
  });
}

function hasGateway({ trials }: Contender): boolean {
  return trials[0]?.semantics[gatewayName] !== undefined;
}

/** As many settings alike as can be; null: there is none. */
function directFor({ contenders }: ConditionGroup, { trials: [own] }: Contender): Contender | null {
  const likeness = ({ trials: [other] }: Contender) =>
    Object.entries(own?.semantics ?? {}).filter(([name, value]) => other?.semantics[name] === value).length;
  const candidates = contenders.filter((one) => !hasGateway(one) && one.trials[0]?.protocol === own?.protocol);
  return candidates.toSorted((a, b) => likeness(b) - likeness(a))[0] ?? null;
}

interface Measured {
  readonly values: readonly (number | null)[];
  readonly resolutionUs: number | null;
}

function addedBy(before: Measured, after: Measured, told: number): Added | null {
  const found = pairedDifference(before.values, after.values, told);
  if (found === null || found.pairs < leastRepeats) return null;
  const resolutionUs = Math.max(before.resolutionUs ?? 0, after.resolutionUs ?? 0);
  const isTold = (found.low > 0 || found.high < 0) && Math.abs(found.difference) > resolutionUs;
  return { ...found, isTold };
}

/** `+410 µs (+300 µs to +520 µs)`; `not told (−80 µs to +120 µs)`. */
export function addedText(added: Added): string {
  const interval = `(${signed(added.low)} to ${signed(added.high)})`;
  return `${added.isTold ? signed(added.difference) : 'not told'} ${interval}`;
}

function signed(us: number): string {
  return `${us < 0 ? '−' : '+'}${formatUs(Math.abs(us))}`;
}
