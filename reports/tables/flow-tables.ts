/** What became of flows: by state, in money, and where the time went between their steps. */
import { flowStates } from '../../result/flow-states.ts';
import { knownSum } from '../../result/known-sum.ts';
import type { FlowsResult } from '../../result/result-types.ts';
import type { ConditionGroup, Contender } from '../figures/result-view.ts';
import { formatAmount, formatCount, formatKnownCount, formatPercentile, formatShare } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table, textColumns } from '../text/table.ts';
import { flowCourseTable } from './flow-course-table.ts';
import { needsPersonTable } from './needs-person-table.ts';
import { observedFlowsTable, observedIn } from './observed-flows-table.ts';

const outcomes = [...flowStates, 'phantom'] as const;
type Outcome = (typeof outcomes)[number];

/** Over all repeats; null: evidence of a part is missing in one of them. */
export function flowSum({ trials }: Contender, of: (flows: FlowsResult) => number | null): number | null {
  return knownSum(trials.map(({ flows }) => flows && of(flows)));
}

export function hasFlows({ trials }: Contender): boolean {
  return trials.length > 0 && trials.every(({ flows }) => flows !== undefined);
}

/** None without flows. */
export function flowTables({ contenders }: ConditionGroup): Table[] {
  const shown = contenders.filter(hasFlows);
  const ours = shown.filter((contender) => observedIn(contender) === undefined);
  const observed = observedFlowsTable(shown);
  const course = flowCourseTable(shown);
  const tables =
    ours.length === 0 ? [] : [stateTable(ours), moneyTable(ours), needsPersonTable(ours), stageTable(ours)];
  return [...tables, observed, course].flatMap((table) => table ?? []);
}

function stateTable(contenders: readonly Contender[]): Table {
  const rows = contenders.map((contender): Row => {
    const count = (outcome: Outcome) => formatKnownCount(flowSum(contender, (flows) => flows[outcome]));
    return {
      cells: [
        contender.label,
        formatKnownCount(flowSum(contender, ({ acknowledged }) => acknowledged)),
        ...outcomes.map(count),
        whereText(contender),
      ],
      status: contender.status,
    };
  });
  return {
    title: 'flows: what became of each that the entry acknowledged; phantom ones have effects and no order',
    spans: [],
    columns: [nameColumn('target'), ...figureColumns('flows', ...outcomes), ...textColumns('where, why')],
    rows,
  };
}

/** `1 stuck after payment`, `4 effectTwice`. */
export function whereText({ trials }: Contender): string {
  const sums = new Map<string, number>();
  const add = (name: string, count: number) => sums.set(name, (sums.get(name) ?? 0) + count);
  for (const { flows } of trials) {
    for (const [place, count] of Object.entries(flows?.stuckAfter ?? {})) add(`stuck after ${place}`, count);
    for (const [place, count] of Object.entries(flows?.openAfter ?? {})) add(`open after ${place}`, count);
    for (const [why, count] of Object.entries(flows?.inconsistencies ?? {})) add(why, count);
    if ((flows?.needsPerson ?? 0) > 0) add('need a person', flows?.needsPerson ?? 0);
  }
  return [...sums].map(([name, count]) => `${formatCount(count)} ${name}`).join(', ') || '–';
}

function moneyTable(contenders: readonly Contender[]): Table {
  const columns = [...outcomes, 'unacknowledged', 'accountsCents'] as const;
  const rows = contenders.map((contender): Row => {
    const amounts = columns.map((column) => flowSum(contender, ({ moneyCents }) => moneyCents[column]));
    return {
      cells: [contender.label, ...amounts.map((cents) => (cents === null ? 'not known' : formatAmount(cents)))],
      status: contender.status,
    };
  });
  return {
    title: 'flows in money: what customers have paid and not got back',
    spans: [],
    columns: [nameColumn('target'), ...figureColumns(...outcomes, 'client not told', 'on the accounts')],
    rows,
  };
}

/** Of the first trial that counts: a share and a time mean nothing summed. */
function stageTable(contenders: readonly Contender[]): Table {
  const names = contenders[0]?.trials[0]?.flows?.stages.map(({ from, to }) => `${from} → ${to}`) ?? [];
  const rows = contenders.map(({ label, trials, counted: counting, status }): Row => {
    const stages = (counting[0] ?? trials[0])?.flows?.stages ?? [];
    const cells = stages.map(({ us, share }) => {
      return `${formatPercentile(us, 'p50')}${share === null ? '' : ` (${formatShare(share, 1)})`}`;
    });
    return { cells: [label, ...names.map((_, n) => cells[n] ?? '–')], status };
  });
  return {
    title: 'flows that completed: p50 of each step, and its share of the time',
    spans: [],
    columns: [nameColumn('target'), ...figureColumns(...names)],
    rows,
  };
}
