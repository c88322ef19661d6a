/**
 * What must not get worse by how much:
 *
 *   gate   = [ target ] [ operation ] metric ( ">" | "<" ) ( "+" | "-" ) number "%" [ "in" place … ]
 *
 * `p99 > +10%`: it is a failure when p99 is more than a tenth above the base. Metric and places as in a threshold.
 */
import { BenchError, exitCodes } from '../bench-error.ts';
import { parseMetric } from '../threshold-grammar.ts';
import type { ComparisonRow, GateResult } from './comparison-result.ts';

export interface Gate {
  readonly expression: string;
  /** Names of targets or operations; all must fit. */
  readonly names: readonly string[];
  readonly metric: string;
  readonly operator: '>' | '<';
  /** Other ÷ base that is still allowed. */
  readonly ratio: number;
  /** Phases or conditions; all kinds named must fit. */
  readonly within: readonly string[];
}

/** Throws a BenchError (exit 2). */
export function parseGate(expression: string): Gate {
  const found = /^\s*(.+?)\s*([<>])\s*([+-])\s*(\d+(?:\.\d+)?)\s*%(?:\s+in\s+(.+?))?\s*$/.exec(expression);
  if (found === null) throw wrong(expression, 'is not of the form "metric > +10%"');
  const [, left = '', operator = '', sign = '', number = '', places = ''] = found;
  if ((operator === '>') !== (sign === '+')) {
    throw wrong(expression, operator === '>' ? 'fails above a rise: write > +10%' : 'fails below a drop: write < -10%');
  }
  const words = left.split(/\s+/).map((word) => (word === 'p99.9' ? 'p999' : word));
  const share = Number(number) / 100;
  if (sign === '-' && share >= 1) throw wrong(expression, 'nothing can drop by so much');
  for (const from of [0, 1, 2]) {
    const metric = words.slice(from).join(' ');
    if (parseMetric(metric) === null) continue;
    const names = words.slice(0, from).filter((word) => word !== 'all');
    const within = places.split(/[\s,]+/).filter((word) => word !== '' && word !== 'and');
    const ratio = sign === '+' ? 1 + share : 1 - share;
    return { expression: expression.trim(), names, metric, operator: operator === '>' ? '>' : '<', ratio, within };
  }
  throw wrong(expression, `"${left}" ends in no metric`);
}

function wrong(expression: string, why: string): BenchError {
  return new BenchError('commandLine', `--fail-on "${expression}": ${why}`, {
    hint: 'For example: --fail-on "p99 > +10%", --fail-on "rest placeOrder delivered p99 > +20% in calm", --fail-on "goodput < -5%"',
    exitCode: exitCodes.usage,
  });
}

/**
 * Fails where the whole interval lies beyond the bound (its near end does), passes where the 90 % interval of the row alone
 * lies within (one-sided 95 %); else nobody can tell. A row that was not reached on the other side alone fails.
 */
export function judgeGate(gate: Gate, rows: readonly ComparisonRow[]): GateResult {
  const { expression } = gate;
  const fitting = rows.filter((row) => fits(gate, row));
  const judged = fitting.map((row) => ({ row, status: statusOf(gate, row) }));
  const of = (status: GateResult['status']) => judged.filter((one) => one.status === status);
  const decided = ['fail', 'cannotTell', 'pass'] as const;
  const status = decided.find((one) => of(one).length > 0) ?? 'cannotTell';
  return { expression, status, rows: of(status).map(({ row }) => rowName(row)) };
}

function fits({ names, metric, within }: Gate, row: ComparisonRow): boolean {
  if (row.metric !== metric && row.metric !== metric.replace(/^offered /, '')) return false;
  if (!names.every((name) => name === row.target || name === row.operation)) return false;
  const of = (own: string, others: readonly string[]) => others.length === 0 || others.includes(own);
  const phases = within.filter((name) => phaseWords.has(name));
  const conditions = within.filter((name) => !phaseWords.has(name));
  return of(row.phase, phases) && of(row.condition, conditions);
}

const phaseWords: ReadonlySet<string> = new Set(['steady', 'before', 'during', 'after']);

function statusOf({ operator, ratio: bound }: Gate, row: ComparisonRow): GateResult['status'] {
  const { ratio } = row;
  const isUntold = row.answer === 'cannotTell' && row.isDoubtful;
  if (ratio === null) return row.answer === 'worse' ? 'fail' : 'cannotTell';
  if (isUntold || ratio.low === null || ratio.high === null || ratio.low90 === null || ratio.high90 === null) {
    return 'cannotTell';
  }
  if (operator === '>') return ratio.low > bound ? 'fail' : ratio.high90 <= bound ? 'pass' : 'cannotTell';
  return ratio.high < bound ? 'fail' : ratio.low90 >= bound ? 'pass' : 'cannotTell';
}

/** `rest calm steady placeOrder p99` */
function rowName({ target, condition, phase, operation, metric }: ComparisonRow): string {
  return [target, condition, phase, operation ?? 'all', metric].join(' ');
}
