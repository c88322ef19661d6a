/** `rate: max`: the highest rate of each target, how sure it is, and what stood in the way of more. */
import type { CapacityResult, LimitingPart, RunResult } from '../../result/result-types.ts';
import { variantText } from '../figures/variant-figures.ts';
import { formatCount, formatRate } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table, textColumns } from '../text/table.ts';

/** What stands beside each other: trials of a search that were only tried on the way are left out. */
export function withoutProbes(result: RunResult): RunResult {
  return result.capacity === undefined
    ? result
    : { ...result, trials: result.trials.filter(({ purpose }) => purpose === undefined) };
}

const parts: Readonly<Record<LimitingPart, string>> = {
  generator: 'the generator',
  machine: 'this machine’s CPU',
  service: 'the service',
  broker: 'the broker',
  network: 'the network',
  connections: 'its connections',
};

/** null without a search. */
export function capacitySentence({ capacity }: RunResult): string | null {
  if (capacity === undefined || capacity.length === 0) return null;
  const conditions = new Set(capacity.map(({ condition }) => condition));
  const sorted = [...capacity].sort((a, b) => (b.ratePerSecond ?? 0) - (a.ratePerSecond ?? 0));
  const texts = sorted.map((one) => {
    const where = conditions.size > 1 ? ` under ${one.condition}` : '';
    const limit = one.limit?.part ? ` (limit: ${parts[one.limit.part]})` : '';
    return `${labelOf(one)}${where} ${rateText(one)}${limit}`;
  });
  return `Highest rate with ${capacity[0]?.slo.join(' and ')}: ${texts.join(', ')}.`;
}

function labelOf({ target, variant }: CapacityResult): string {
  return variant === undefined ? target : `${target} (${variantText(variant)})`;
}

function rateText({ ratePerSecond, ended, missedPerSecond }: CapacityResult): string {
  if (ratePerSecond !== null) return `${formatRate(ratePerSecond)}${ended === 'ceiling' ? ' or more' : ''}`;
  if (ended === 'floor') return `less than ${formatRate(missedPerSecond ?? 0)}`;
  return ended === 'interrupted' ? 'not found, interrupted' : 'none that could be confirmed';
}

/** null without a search. */
export function capacityTable({ capacity, trials }: RunResult): Table | null {
  if (capacity === undefined || capacity.length === 0) return null;
  const statusOf = (one: CapacityResult): Row['status'] => {
    const last = one.probes.at(-1)?.trial;
    return trials.find(({ id }) => id === last)?.verdict.status ?? 'valid';
  };
  return {
    title: `highest rate with ${capacity[0]?.slo.join(' and ')} · each confirmed by a trial of its own`,
    spans: [],
    columns: [
      nameColumn('target'),
      ...textColumns('condition'),
      ...figureColumns('highest rate', 'missed at', 'trials'),
      ...textColumns('what was missed', 'limit'),
    ],
    rows: capacity.map((one) => ({
      cells: cellsOf(one),
      status: one.ratePerSecond === null ? statusOf(one) : 'valid',
    })),
  };
}

function cellsOf(one: CapacityResult): string[] {
  const { condition, missedPerSecond, probes, limit } = one;
  const missed = probes
    .filter(({ ratePerSecond }) => ratePerSecond === missedPerSecond)
    .flatMap((probe) => probe.missed);
  return [
    labelOf(one),
    condition,
    rateText(one),
    missedPerSecond === null ? '–' : formatRate(missedPerSecond),
    formatCount(probes.length),
    [...new Set(missed)].join(', ') || '–',
    limit === null ? '–' : limit.part === null ? 'not known' : parts[limit.part],
  ];
}

/** What the limits were read from, a sentence each. */
export function limitNotes({ capacity = [] }: RunResult): string[] {
  return capacity.flatMap((one) => {
    const { condition, limit } = one;
    if (limit === null) return [];
    const what = limit.part === null ? 'limit not known' : `limit ${parts[limit.part]}`;
    return [`${labelOf(one)} under ${condition}, ${what}: ${limit.evidence}`];
  });
}
