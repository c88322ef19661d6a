/** A backlog that was built and worked off: how fast, what it meant for those who came meanwhile, and what it took of the machine. */
import type { TrialResult } from '../../result/result-types.ts';
import type { ConditionGroup } from '../figures/result-view.ts';
import { formatBytes, formatCount, formatDuration, formatRate, formatUs } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Table, textColumns } from '../text/table.ts';

/** null where nothing had piled up. */
export function drainTable({ contenders }: ConditionGroup): Table | null {
  const rows = contenders.flatMap(({ counted, status }) =>
    counted.flatMap((trial) => (trial.drain === undefined ? [] : [{ cells: cellsOf(trial, trial.drain), status }])),
  );
  if (rows.length === 0) return null;
  return {
    title: 'backlog: built, then worked off, with what was delivered meanwhile',
    spans: [
      { text: '', columns: 4 },
      { text: 'offered meanwhile', columns: 2 },
      { text: 'broker: start, highest, end', columns: 2 },
    ],
    columns: [
      nameColumn('trial'),
      ...figureColumns('highest', 'worked off in', 'delivered', 'p50', 'p99'),
      ...textColumns('memory', 'disk'),
    ],
    rows,
  };
}

function cellsOf({ id, brokerUse }: TrialResult, drain: NonNullable<TrialResult['drain']>): string[] {
  const { highest, fromMs, toMs, left, deliveredPerSecond, live } = drain;
  return [
    id,
    formatCount(highest),
    toMs === null ? `not: ${formatCount(left)} left` : formatDuration(toMs - fromMs),
    deliveredPerSecond === null ? '–' : formatRate(deliveredPerSecond),
    ...[live.p50Us, live.p99Us].map((us) => (us === null ? '–' : formatUs(us))),
    ...[brokerUse?.memory, brokerUse?.disk].map(spaceText),
  ];
}

function spaceText(course: NonNullable<TrialResult['brokerUse']>['memory']): string {
  if (course === undefined || course === null) return '–';
  return [course.startBytes, course.highestBytes, course.endBytes].map(formatBytes).join(', ');
}
