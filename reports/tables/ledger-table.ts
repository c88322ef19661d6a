/** What became of every operation, target by target. */
import { killedService } from '../../result/memory-loss.ts';
import type { TrialResult } from '../../result/result-types.ts';
import type { ConditionGroup } from '../figures/result-view.ts';
import { formatCount } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Table } from '../text/table.ts';

const ledgerEntries = {
  acknowledged: 'acknowledged',
  received: 'received',
  applied: 'applied',
  lost: 'lost',
  unacknowledgedButApplied: 'applied, not acknowledged',
  duplicatesReceived: 'received twice',
  duplicatesApplied: 'applied twice',
  reordered: 'reordered',
  corrupted: 'corrupted',
} as const satisfies Record<Exclude<keyof TrialResult['ledger'], keyof typeof rareEntries | 'unknown'>, string>;
const ledgerKeys = Object.keys(ledgerEntries) as (keyof typeof ledgerEntries)[];
/** Shown where there are any; state also where it was at stake. */
const rareEntries = {
  acceptedOnly: 'accepted only',
  acceptedOnlyGone: 'gone of these',
  pendingInBroker: 'still in the broker',
  deadLettered: 'dead letters',
  refusedUnheard: 'refused, dropped',
  admittedUnauthorised: 'admitted, not to be',
  stateLost: 'state lost',
  answeredByCache: 'from a cache',
  unaccounted: 'unaccounted',
  orderUndecided: 'order undecided',
} as const;

/** Losses in a trial that can't be trusted for time are losses all the same: all repeats count. */
export function ledgerSum(trials: readonly TrialResult[], entry: keyof TrialResult['ledger']): string {
  const values = trials.map(({ ledger }) => ledger[entry]);
  const isKnown = (value: number | null | undefined) =>
    value !== null && (value !== undefined || entry !== 'stateLost');
  return values.every(isKnown) ? formatCount(values.reduce((sum: number, value) => sum + (value ?? 0), 0)) : '?';
}

export function ledgerTable({ contenders }: ConditionGroup): Table {
  const rare = (Object.keys(rareEntries) as (keyof typeof rareEntries)[]).filter((key) =>
    contenders.some(({ trials }) =>
      trials.some((trial) => (trial.ledger[key] ?? 0) > 0 || (key === 'stateLost' && killedService(trial))),
    ),
  );
  return {
    title: 'ledger: what became of every operation',
    spans: [],
    columns: [
      nameColumn('target'),
      ...figureColumns(...ledgerKeys.map((key) => ledgerEntries[key]), ...rare.map((key) => rareEntries[key])),
    ],
    rows: contenders.map(({ label, trials, status }) => ({
      cells: [label, ...[...ledgerKeys, ...rare].map((key) => ledgerSum(trials, key))],
      status,
    })),
  };
}
