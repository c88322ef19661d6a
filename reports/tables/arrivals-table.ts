/** What each repeat drew beside what was asked for: a difference here is no target's doing. */
import type { PhaseName, TrialResult } from '../../result/result-types.ts';
import type { ConditionGroup } from '../figures/result-view.ts';
import { formatRate } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Table } from '../text/table.ts';

/** null where nobody planned a rate. */
export function arrivalsTable({ contenders, phases }: ConditionGroup): Table | null {
  const trials = contenders.flatMap((contender) =>
    contender.trials.map((trial) => ({ label: contender.label, trial })),
  );
  if (!trials.some(({ trial }) => phases.some((phase) => (trial.phases[phase]?.plannedPerSecond ?? null) !== null)))
    return null;
  const byRepeat = [...Map.groupBy(trials, ({ trial }) => trial.repeat)].sort(([a], [b]) => a - b);
  const rows = byRepeat.flatMap(([repeat, own]) => {
    // The same for all targets, but for a phase that ends when a killed part is ready again.
    const alike = [...Map.groupBy(own, ({ trial }) => JSON.stringify(phases.map((phase) => rateText(trial, phase))))];
    return alike.map(([, members]) => {
      const [first] = members;
      const whose = alike.length === 1 ? '' : `: ${members.map(({ label }) => label).join(', ')}`;
      const cells = phases.map((phase) => (first === undefined ? '–' : rateText(first.trial, phase)));
      return { cells: [`repeat ${repeat}${whose}`, ...cells], status: 'valid' as const };
    });
  });
  return {
    title: 'offered, of planned · by intended start, the same for all targets of a repeat',
    spans: [],
    columns: [nameColumn(''), ...figureColumns(...phases)],
    rows,
  };
}

function rateText({ phases }: TrialResult, phase: PhaseName): string {
  const part = phases[phase];
  if (part === undefined) return '–';
  const planned = part.plannedPerSecond ?? null;
  const offered = formatRate(part.offeredPerSecond);
  return planned === null ? offered : `${offered} of ${formatRate(planned)}`;
}
