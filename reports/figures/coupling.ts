/**
 * A result that shows what coupling costs: the same action by reply and by hand-over, and a condition under which something
 * is away. Told by what the scenario holds, not by what it is called.
 */
import { type PercentileName, percentileNames } from '../../result/latency-summary.ts';
import { isOutageFault } from '../../result/outages.ts';
import { isHandedOver } from '../../result/patterns.ts';
import type { PhaseName, RunResult } from '../../result/result-types.ts';
import { latencyOf } from './answer-figures.ts';
import { type ConditionGroup, type Contender, conditionGroups } from './result-view.ts';
import { type Spread, spreadOf } from './spread.ts';

export interface Coupling {
  /** What both do, e.g. `placeOrder`. */
  readonly action: string;
  readonly percentile: PercentileName;
  /** Where the figures without faults are read. */
  readonly usual: Place;
  /** With faults, and nothing away; read while they are in force. */
  readonly disturbed: readonly string[];
  /** Something is away. */
  readonly away: string;
  /** Each operation with all its targets, in the order of the plan. */
  readonly rows: readonly CouplingRow[];
}

interface Place {
  readonly condition: string;
  readonly phase: PhaseName;
}

export interface CouplingRow {
  readonly operation: string;
  readonly isHandOver: boolean;
  readonly label: string;
  /** Of this target by condition; a missing one has not been played. */
  readonly contenders: ReadonlyMap<string, Contender>;
  /** When the caller may go on: the answer is there, or the work is taken over. */
  readonly freeAfter: PhaseSpreads;
  readonly begunAfter: PhaseSpreads;
}

export interface PhaseSpreads {
  readonly usual: Spread;
  /** By disturbed condition: while the faults are in force, and before them in the same trials. */
  readonly disturbed: ReadonlyMap<string, { readonly during: Spread; readonly before: Spread }>;
}

/** null: the result does not show it. */
export function couplingOf(result: RunResult): Coupling | null {
  const operations = operationsOf(result);
  const conditions = Object.entries(result.plan.conditions);
  const faultsIn = (windows: readonly unknown[]) => windows.map((window) => (window as { fault?: string }).fault ?? '');
  const [away] = [...conditions]
    .filter(([, windows]) => faultsIn(windows).some(isOutageFault))
    .map(([name]) => name)
    .sort((a, b) => Number(b === result.plan.primary?.condition) - Number(a === result.plan.primary?.condition));
  if (operations === null || away === undefined) return null;
  const disturbed = conditions
    .filter(([, windows]) => windows.length > 0 && !faultsIn(windows).some(isOutageFault))
    .map(([name]) => name);
  const groups = conditionGroups(result);
  const usual = usualPlace(result, groups, away);
  if (usual === null) return null;
  const metric = percentileNames.find((name) => name === latencyOf(result.plan.primary?.metric ?? '').percentile);
  const frame = { percentile: metric ?? 'p50', usual, disturbed, away };
  const rows = [
    { operation: operations.call, isHandOver: false },
    { operation: operations.handOver, isHandOver: true },
  ].flatMap((operation) => labelsOf(groups).map((label) => rowOf(groups, frame, operation, label)));
  return { action: operations.action, ...frame, rows };
}

/** The first pair that does the same in both ways; that of the primary figure goes before. */
function operationsOf({ plan }: RunResult) {
  const all = Object.entries(plan.workload.operations).map(([name, { does, pattern }]) => ({
    name,
    action: does ?? name,
    isHandOver: isHandedOver(pattern),
  }));
  const first = plan.primary?.operation;
  const calls = all
    .filter(({ isHandOver }) => !isHandOver)
    .sort((a, b) => Number(b.name === first) - Number(a.name === first));
  for (const call of calls) {
    const handOver = all.find(({ action, isHandOver }) => isHandOver && action === call.action);
    if (handOver !== undefined) return { action: call.action, call: call.name, handOver: handOver.name };
  }
  return null;
}

/** The primary figure's where that is without faults, else the first stretch that is. */
function usualPlace({ plan }: RunResult, groups: readonly ConditionGroup[], away: string): Place | null {
  const { primary } = plan;
  if (primary !== undefined && (primary.phase === 'before' || primary.phase === 'steady'))
    return { condition: primary.condition, phase: primary.phase };
  const calm = groups.find(({ phases }) => phases.includes('steady'));
  if (calm !== undefined) return { condition: calm.condition, phase: 'steady' };
  return groups.length === 0 ? null : { condition: away, phase: 'before' };
}

function labelsOf(groups: readonly ConditionGroup[]): string[] {
  return [...new Set(groups.flatMap(({ contenders }) => contenders.map(({ label }) => label)))];
}

function rowOf(
  groups: readonly ConditionGroup[],
  { percentile, usual, disturbed }: Pick<Coupling, 'percentile' | 'usual' | 'disturbed'>,
  { operation, isHandOver }: Pick<CouplingRow, 'operation' | 'isHandOver'>,
  label: string,
): CouplingRow {
  const contenders = new Map(
    groups.flatMap(({ condition, contenders }) => {
      const found = contenders.find((one) => one.label === label);
      return found === undefined ? [] : [[condition, found] as const];
    }),
  );
  const spreads = (latency: 'offered' | 'acknowledged' | 'started'): PhaseSpreads => {
    const at = (condition: string, phase: PhaseName) =>
      spreadOf(contenders.get(condition), { operation, phase, latency, percentile });
    return {
      usual: at(usual.condition, usual.phase),
      disturbed: new Map(
        disturbed.map((name) => [name, { during: at(name, 'during'), before: at(name, 'before') }] as const),
      ),
    };
  };
  return {
    ...{ operation, isHandOver, label, contenders },
    freeAfter: spreads(isHandOver ? 'acknowledged' : 'offered'),
    begunAfter: spreads('started'),
  };
}
