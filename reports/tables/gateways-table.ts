/** What each gateway adds to the latency and takes of the CPU, how evenly it asks, and how often again. */
import { amplificationOf } from '../../result/amplification.ts';
import { gatewayAmplificationOf } from '../../result/gateway-amplification.ts';
import { balanceOf } from '../../result/instance-balance.ts';
import type { PhaseName } from '../../result/result-types.ts';
import { pairedDifference } from '../../result/statistics/paired-difference.ts';
import { leastRepeats } from '../../result/statistics/statistics-order.ts';
import {
  type ConditionGroup,
  type Contender,
  operationsOf,
  totalCounts,
  totalPolicies,
} from '../figures/result-view.ts';
import { spreadOf } from '../figures/spread.ts';
import { formatFactor, formatRatio, formatUs } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table, textColumns } from '../text/table.ts';

const percentiles = ['p50', 'p99'] as const;
/** Name of the setting, and of the process. */
const gateway = 'gateway';

/** null: no target has a gateway. */
export function gatewaysTable(group: ConditionGroup): Table | null {
  const behind = group.contenders.filter(hasGateway);
  const [operation] = operationsOf(group);
  const phase = group.phases.includes('during') ? 'during' : group.phases[0];
  if (behind.length === 0 || operation === undefined || phase === undefined) return null;
  const told = behind.length * percentiles.length;
  const rows = behind.map((contender): Row => {
    const beside = directFor(group, contender);
    const added = percentiles.map((percentile) => {
      const place = { operation: operation.name, phase, latency: 'offered', percentile } as const;
      return beside === null ? '–' : addedText(spreadOf(beside, place), spreadOf(contender, place), told);
    });
    const { counted, status, label } = contender;
    const cpu = middleOf(counted.map((trial) => trial.cpu.parts?.[gateway] ?? null));
    return {
      cells: [
        label,
        String(counted[0]?.semantics[gateway] ?? ''),
        ...added,
        cpu === null ? '–' : `${Math.round(cpu)}`,
        ratioText(middleOf(counted.map(({ receivedBy }) => balanceOf(receivedBy)))),
        formatFactor(amplificationOf(totalCounts(counted), totalPolicies(counted))),
        formatFactor(middleOf(counted.map(gatewayAmplificationOf))),
      ],
      status,
    };
  });
  const [adds50, adds99] = percentiles.map((percentile) => `adds to ${percentile}`);
  return {
    title: titleOf(operation.name, phase, behind, group),
    spans: [],
    columns: [
      nameColumn('target'),
      ...textColumns('gateway', adds50 ?? '', adds99 ?? ''),
      ...figureColumns('its CPU µs', 'balance', 'client asks', 'gateway asks'),
    ],
    rows,
  };
}

function titleOf(operation: string, phase: PhaseName, behind: readonly Contender[], group: ConditionGroup): string {
  const directs = new Set(behind.flatMap((contender) => directFor(group, contender)?.label ?? []));
  const against = directs.size === 0 ? '' : ` (${operation}, ${phase}, beside ${[...directs].join(', ')} by repeat)`;
  return `gateways: what each adds${against}, takes, and asks`;
}

function hasGateway({ trials }: Contender): boolean {
  return trials[0]?.semantics[gateway] !== undefined;
}

/** Of the same protocol without a gateway, as many settings alike as can be; null: there is none. */
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

/** `+410 µs (300–520)`; `not told (−80–+120 µs)`: 0 or no more than the instrument's error is possible, too. */
function addedText(before: Measured, after: Measured, told: number): string {
  const found = pairedDifference(before.values, after.values, told);
  if (found === null || found.pairs < leastRepeats) return 'not told: too few repeats';
  const { difference, low, high } = found;
  const resolutionUs = Math.max(before.resolutionUs ?? 0, after.resolutionUs ?? 0);
  const interval = `${signed(low)} to ${signed(high)}`;
  const isTold = (low > 0 || high < 0) && Math.abs(difference) > resolutionUs;
  return isTold ? `${signed(difference)} (${interval})` : `not told (${interval})`;
}

function signed(us: number): string {
  return `${us < 0 ? '−' : '+'}${formatUs(Math.abs(us))}`;
}

/** Of an even number the higher of the two; null: none is known. */
function middleOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return known[Math.floor(known.length / 2)] ?? null;
}

function ratioText(ratio: number | null): string {
  return ratio === null ? '–' : formatRatio(ratio);
}
