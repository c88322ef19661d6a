/** What the operations of a condition cost beside what became of them, a row for each target. */
import { amplificationOf } from '../../result/amplification.ts';
import type { CpuWaits, PhaseName, TrialResult } from '../../result/result-types.ts';
import { type ConditionGroup, totalCounts, totalPolicies } from '../figures/result-view.ts';
import { batchSizeText } from '../text/batch-size.ts';
import { bodiesOf, ratioTexts } from '../text/body-ratio.ts';
import { formatBytes, formatCount, formatFactor, formatRate, formatUs } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table } from '../text/table.ts';
import { ledgerSum } from './ledger-table.ts';

const cpuCosts = [
  'generatorUsPerOperation',
  'serviceUsPerOperation',
  'brokerUsPerOperation',
  'proxyUsPerOperation',
] as const satisfies readonly (keyof CpuWaits)[];
const cpuTitles = ['generator', 'service', 'broker', 'proxy'];
const shareText = (share: number) => `${Math.round(share * 100)} %`;

/** Rates, what became of the operations, bytes and CPU. Rates over repeats are totals over the total time. */
export function costTable(group: ConditionGroup): Table {
  const compresses = group.contenders.some(({ counted }) => bodiesOf(counted) !== null);
  const resends = group.contenders.some(({ counted }) => (totalCounts(counted).resent ?? 0) > 0);
  const batches = group.contenders.some(({ counted }) => batchSizeText(counted) !== null);
  const waits = group.contenders.some(({ counted }) => counted.some(({ cpu }) => cpu.waits !== undefined));
  const rows = group.contenders.map((contender): Row => {
    const { counted, trials, label, status } = contender;
    const all = totalCounts(counted);
    const costs = (of: (cpu: TrialResult['cpu']) => CpuWaits | undefined) =>
      cpuCosts.map((key) => costText(counted, ({ cpu }) => of(cpu)?.[key] ?? null, formatUs));
    const cells = [
      label,
      rate(counted, group.phases, ({ counts }) => counts.offered),
      ...group.phases.map((phase) => rate(counted, [phase], (part) => (part.goodputPerSecond * part.durationMs) / 1e3)),
      formatCount(all.attempts),
      ...(resends ? [formatCount(all.resent ?? 0)] : []),
      formatFactor(amplificationOf(all, totalPolicies(counted))),
      ...(['lost', 'duplicatesApplied', 'reordered'] as const).map((entry) => ledgerSum(trials, entry)),
      costText(counted, ({ wire }) => wire.bytesPerOperation, formatBytes),
      ...(batches ? [batchSizeText(counted) ?? '1'] : []),
      ...(compresses ? ratioTexts(bodiesOf(counted)) : []),
      ...costs((cpu) => cpu),
      ...(waits ? [costText(counted, ({ cpu }) => cpu.harnessShare ?? null, shareText)] : []),
      ...(waits ? costs((cpu) => cpu.waits) : []),
    ];
    return { cells, status };
  });
  const one = group.phases.length === 1;
  return {
    title: 'rates, delivery and cost · offered/s by intended start, goodput/s by completion',
    spans: [
      { text: '', columns: 2 },
      { text: one ? '' : 'goodput/s', columns: group.phases.length },
      { text: '', columns: 6 + Number(resends) + Number(batches) },
      ...(compresses ? [{ text: 'bodies smaller', columns: 2 }] : []),
      { text: 'CPU an operation', columns: 4 },
      ...(waits
        ? [
            { text: '', columns: 1 },
            { text: 'CPU wait an op', columns: 4 },
          ]
        : []),
    ],
    columns: [
      nameColumn('target'),
      ...figureColumns(
        'offered/s',
        ...(one ? ['goodput/s'] : group.phases),
        'attempts',
        ...(resends ? ['sent again'] : []),
        'amplified',
        'lost',
        'applied twice',
        'reordered',
        'wire an op',
        ...(batches ? ['batch'] : []),
        ...(compresses ? ['up', 'down'] : []),
        ...cpuTitles,
        ...(waits ? ['harness', ...cpuTitles] : []),
      ),
    ],
    rows,
  };
}

type Part = NonNullable<TrialResult['phases'][PhaseName]>;

function rate(trials: readonly TrialResult[], phases: readonly PhaseName[], countOf: (part: Part) => number): string {
  const parts = trials.flatMap((trial) => phases.flatMap((phase) => trial.phases[phase] ?? []));
  const durationMs = parts.reduce((sum, part) => sum + part.durationMs, 0);
  const count = parts.reduce((sum, part) => sum + countOf(part), 0);
  return durationMs === 0 ? '–' : formatRate((count * 1e3) / durationMs);
}

/** Over all operations of the repeats; `–` where it is not known. */
function costText(
  trials: readonly TrialResult[],
  of: (trial: TrialResult) => number | null,
  format: (value: number) => string,
): string {
  let [total, operations] = [0, 0];
  for (const trial of trials) {
    const value = of(trial);
    if (value === null) return '–';
    const { offered } = totalCounts([trial]);
    total += value * offered;
    operations += offered;
  }
  return operations === 0 ? '–' : format(total / operations);
}
