/**
 * What was out when what was down: what became of each operation on each target while something was away. Its unit is the
 * outage: operations of one outage share its fate, so that a rate takes many outages, at moments that nobody chose.
 */
import { isKill } from '../../result/memory-loss.ts';
import { doneWithinMs, lengthMs, outagesOf, type Struck, struckIn, whatWasDown } from '../../result/outages.ts';
import { ownValue } from '../../result/own-value.ts';
import { isHandedOver } from '../../result/patterns.ts';
import { medianRecovery } from '../../result/recovery.ts';
import type { FaultResult, LedgerResult, RunResult, TrialResult } from '../../result/result-types.ts';
import { shareInterval } from '../../result/statistics/share-interval.ts';
import { atMostShare } from '../../result/statistics/statistics-order.ts';
import { trialRecovery } from '../../result/trial-recovery.ts';
import { recoveryText } from '../figures/recovery-text.ts';
import {
  type ConditionGroup,
  type Contender,
  conditionGroups,
  type GroupOperation,
  operationsOf,
} from '../figures/result-view.ts';
import { formatCount, formatDuration, formatShare } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table, textColumns } from '../text/table.ts';

/** One outage is told by its findings. */
const leastOutages = 2;
/** Fewer give no rate. */
export const leastForRate = 10;

/** First the shares that failed, a column each target and operation; then each of them whole. Empty: fewer than two outages. */
export function availabilityTables(result: RunResult): Table[] {
  const groups = conditionGroups(result).filter(({ contenders }) => outagesIn(contenders).length > 0);
  if (groups.reduce((sum, { contenders }) => sum + outagesIn(contenders).length, 0) < leastOutages) return [];
  const down = downTexts(groups);
  return [matrix(groups, down), details(groups, result, down)];
}

function outagesIn(contenders: readonly Contender[]): FaultResult[] {
  return outagesOf(contenders.flatMap(({ trials }) => trials));
}

/** What each condition took away. */
type Down = ReadonlyMap<ConditionGroup, string>;

/** With its condition where another one takes the same away. */
function downTexts(groups: readonly ConditionGroup[]): Down {
  const texts = groups.map(({ contenders }) => [...new Set(outagesIn(contenders).map(whatWasDown))].join(', '));
  const isShared = (text: string) => texts.filter((one) => one === text).length > 1;
  return new Map(
    groups.map((group, n) => {
      const text = texts[n] ?? '';
      return [group, isShared(text) ? `${text} (${group.condition})` : text];
    }),
  );
}

function matrix(groups: readonly ConditionGroup[], down: Down): Table {
  const operations = [...new Set(groups.flatMap((group) => operationsOf(group).map(({ name }) => name)))];
  const labels = [...new Set(groups.flatMap(({ contenders }) => contenders.map(({ label }) => label)))];
  const cell = ({ contenders }: ConditionGroup, operation: string, label: string) => {
    const trials = contenders.find((one) => one.label === label)?.trials ?? [];
    const { offered, ok } = struckIn(trials, operation);
    return offered === 0 ? '–' : formatShare(offered - ok, offered);
  };
  return {
    title: 'failed in the caller’s eyes, of what was offered while it was down',
    spans: [{ text: '', columns: 1 }, ...operations.map((text) => ({ text, columns: labels.length }))],
    columns: [nameColumn('down'), ...operations.flatMap(() => figureColumns(...labels))],
    rows: groups.map((group) => ({
      cells: [down.get(group) ?? '', ...operations.flatMap((one) => labels.map((label) => cell(group, one, label)))],
      status: worst(group.contenders),
    })),
  };
}

function worst(contenders: readonly Contender[]): Row['status'] {
  return (['invalid', 'suspect'] as const).find((one) => contenders.some(({ status }) => status === one)) ?? 'valid';
}

function details(groups: readonly ConditionGroup[], result: RunResult, down: Down): Table {
  const hasState = result.trials.some(({ ledger }) => (ledger.stateLost ?? null) !== null);
  return {
    title:
      'outage by outage · yet done: the caller was told nothing, or that it had failed; lost: of all operations of the target',
    spans: [],
    columns: [
      nameColumn('down'),
      ...textColumns('operation', 'target'),
      ...figureColumns('outages', '÷ deadline', 'failed', 'failed yet done', 'done in the end', 'caught up'),
      ...figureColumns('lost', ...(hasState ? ['state lost'] : [])),
      ...textColumns('outages with failures'),
    ],
    rows: groups.flatMap((group) =>
      operationsOf(group).flatMap((operation) =>
        group.contenders
          .filter((contender) => outagesIn([contender]).length > 0)
          .map((contender) => ({
            cells: [down.get(group) ?? '', ...detailCells(group, contender, operation, result, hasState)],
            status: contender.status,
          })),
      ),
    ),
  };
}

function detailCells(
  group: ConditionGroup,
  { trials, label, target }: Contender,
  operation: GroupOperation,
  result: RunResult,
  hasState: boolean,
): string[] {
  const outages = outagesOf(trials);
  const struck = struckIn(trials, operation.name);
  const { offered, ok } = struck;
  return [
    operation.name,
    label,
    formatCount(outages.length),
    deadlineText(outages, deadlineOf(result, target)),
    offered === 0 ? '–' : formatShare(offered - ok, offered),
    yetDoneText(struck),
    doneText(struck),
    caughtUpText(trials, operation, group.ofRun),
    countText(trials, 'lost'),
    ...(hasState ? [countText(trials, 'stateLost')] : []),
    hitText(trials, operation.name, isDrawn(result, group.condition)),
  ];
}

/** How long an outage is against what a caller waits: where it is shorter, patience alone would do. */
function deadlineText(outages: readonly FaultResult[], deadlineMs: number | null): string {
  const lengths = outages.flatMap((outage) => lengthMs(outage) ?? []);
  if (deadlineMs === null || lengths.length === 0) return '?';
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)].map((ms) => (ms / deadlineMs).toFixed(1));
  return least === most ? `${most}` : `${least}–${most}`;
}

function deadlineOf({ plan }: RunResult, target: string): number | null {
  return ownValue(plan.targets, target)?.resilience?.deadlineMs ?? plan.resilience?.deadlineMs ?? null;
}

function yetDoneText({ doneThoughNotOk, isLeast }: Struck): string {
  if (doneThoughNotOk === null) return '?';
  return `${isLeast ? '≥ ' : ''}${formatCount(doneThoughNotOk)}`;
}

function doneText({ done, offered }: Struck): string {
  if (offered === 0) return '–';
  return done === null ? '?' : done === offered ? 'all' : done === 0 ? 'none' : formatShare(done, offered);
}

/** Until all that had been offered was done; where some never was, until the usual range was reached again. */
function caughtUpText(
  trials: readonly TrialResult[],
  { name, pattern }: GroupOperation,
  all: readonly TrialResult[],
): string {
  const withinMs = doneWithinMs(trials, name);
  if (withinMs !== null) return `within ${formatDuration(withinMs)}`;
  const point = isHandedOver(pattern) ? 'applied' : 'replied';
  const known = trials.flatMap((trial) => trialRecovery(trial, all)?.points[point] ?? []);
  return known.length === 0 ? 'can’t say' : recoveryText(medianRecovery(known), point);
}

/** Of all operations: the ledger tells them no closer. `?`: not known of all trials. */
function countText(trials: readonly TrialResult[], entry: keyof LedgerResult): string {
  const counts = trials.map(({ ledger }) => ledger[entry] ?? null);
  return counts.includes(null) ? '?' : formatCount(counts.reduce<number>((sum, count) => sum + (count ?? 0), 0));
}

/** At a moment that the seed draws anew in each repeat. */
export function isDrawn({ plan }: RunResult, condition: string): boolean {
  const windows = ownValue(plan.conditions, condition) ?? [];
  return windows.some((window) => (window as { readonly withinMs?: number }).withinMs !== undefined);
}

/**
 * In how many outages any of the operations failed: a rate where there are ten or more at drawn moments, else two numbers.
 * Of several outages in one trial nobody can tell which one it was.
 */
function hitText(trials: readonly TrialResult[], operation: string, drawn: boolean): string {
  const struck = trials.filter((trial) => outagesOf([trial]).length > 0);
  const outages = outagesOf(struck).length;
  const hit = struck.filter((trial) => {
    const { offered, ok } = struckIn([trial], operation);
    return ok < offered;
  }).length;
  const what = outagesOf(struck).every(isKill) ? 'kills' : 'outages';
  if (hit === 0) return `none in ${outages}: at most ${percent(atMostShare(outages))} % of ${what} (95 %)`;
  if (outages > struck.length) return `in ${hit} of ${struck.length} trials`;
  if (outages < leastForRate || !drawn) return `${hit} of ${outages}`;
  const [low, high] = shareInterval(hit, outages);
  return `${hit} of ${outages}: ${percent(low)}–${percent(high)} % of ${what} (95 %)`;
}

function percent(share: number): number {
  return Math.round(share * 100);
}
