/** How trials came back after their faults, in words and figures. */
import { firstOkAfter, medianRecovery, type Recovery } from '../../result/recovery.ts';
import type { TrialResult } from '../../result/result-types.ts';
import { type RecoveryName, recoveryNames, trialRecovery } from '../../result/trial-recovery.ts';
import { formatCount, formatDuration } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table } from '../text/table.ts';
import { backlogCells } from './backlog-text.ts';
import type { Contender } from './result-view.ts';

/** null without faults. `all`: the trials of the run. */
export function recoveryTable(trials: readonly TrialResult[], all: readonly TrialResult[]): Table | null {
  const known = trials.flatMap((trial) => {
    const recovery = trialRecovery(trial, all);
    return recovery === null ? [] : [{ trial, ...recovery }];
  });
  if (known.length === 0) return null;
  const names = recoveryNames.filter((name) => known.some(({ points }) => points[name] !== undefined));
  const hasBacklog = names.includes('backlog');
  return {
    title:
      'recovery · after the faults, the first of four blocks in a row in the usual range (of calm trials, else of before)',
    spans: [],
    columns: [
      nameColumn('trial'),
      ...figureColumns(
        'faults over at',
        'first ok',
        ...names,
        'reconnects',
        ...(hasBacklog ? ['highest backlog', 'redelivered', 'rebalances'] : []),
      ),
    ],
    rows: known.map(({ trial, span, points }): Row => {
      const first = firstOkAfter(trial, span);
      return {
        cells: [
          trial.id,
          formatDuration(span.overAtMs),
          first === null ? 'not within the load' : spanText(first.fromMs, first.toMs),
          ...names.map((name) => recoveryText(points[name], name)),
          trial.reconnects === undefined ? '–' : formatCount(trial.reconnects),
          ...(hasBacklog ? backlogCells(trial) : []),
        ],
        status: trial.verdict.status,
      };
    }),
  };
}

/** Over the repeats the middle one, per contender and point; points that came back alike are named together. */
export function recoveryFindings(contenders: readonly Contender[], all: readonly TrialResult[]): string[] {
  const texts = contenders.flatMap(({ label, trials }) => {
    const known = trials.flatMap((trial) => trialRecovery(trial, all) ?? []);
    const byText = new Map<string, RecoveryName[]>();
    for (const name of recoveryNames) {
      const each = known.flatMap(({ points }) => points[name] ?? []);
      if (each.length === 0) continue;
      const text = recoveryText(medianRecovery(each), name);
      byText.set(text, [...(byText.get(text) ?? []), name]);
    }
    const parts = [...byText].map(([text, names]) => `${listed(names)} ${text}`);
    return parts.length === 0 ? [] : [`${label}: ${parts.join('; ')}`];
  });
  return texts.length === 0 ? [] : [`Back in the usual range after the faults – ${texts.join(' · ')}.`];
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

export function recoveryText(recovery: Recovery | undefined, name: RecoveryName): string {
  switch (recovery?.kind) {
    case undefined:
      return '–';
    case 'recovered':
      return spanText(recovery.fromMs, recovery.toMs);
    case 'neverLeft':
      return 'never left the range';
    case 'notWithinLoad':
      return name === 'backlog' ? 'not while watched' : 'not within the load';
    case 'cannotSay':
      return 'can’t say';
  }
}

/** `within 500 ms`, `750 ms – 1.25 s`. */
function spanText(fromMs: number, toMs: number): string {
  if (toMs === 0) return 'at once';
  return fromMs === 0 ? `within ${exactText(toMs)}` : `${exactText(fromMs)} – ${exactText(toMs)}`;
}

/** Blocks begin at quarters of a second. */
function exactText(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${Number((ms / 1e3).toFixed(2))} s`;
}
