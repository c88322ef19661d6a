/** What coupling costs, a row for each way and target. */
import { type GuaranteeClass, guaranteeIn, replyGuaranteeSetting } from '../../result/guarantee.ts';
import { type Struck, struckIn } from '../../result/outages.ts';
import { hasBroker, type RunResult, type TrialResult } from '../../result/result-types.ts';
import { type Coupling, type CouplingRow, couplingOf, type PhaseSpreads } from '../figures/coupling.ts';
import { spreadText } from '../figures/spread.ts';
import { formatCount, formatDuration, formatShare } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table, textColumns } from '../text/table.ts';
import { spreadNote, worstOf } from './overview-tables.ts';

/** null where the result does not show it. */
export function couplingTable(result: RunResult): Table | null {
  const coupling = couplingOf(result);
  if (coupling === null) return null;
  const { disturbed, away, rows } = coupling;
  const times = ['before', ...disturbed];
  const title = [
    coupling.action,
    ...rateText(result),
    `${coupling.percentile} in ms${spreadNote(rows.map(({ freeAfter }) => freeAfter.usual))}`,
  ];
  return {
    title: title.join(' · '),
    spans: [
      { text: '', columns: 2 },
      { text: 'caller free after', columns: times.length },
      { text: 'work begun after', columns: times.length },
      { text: away, columns: 2 },
      { text: '', columns: 1 },
    ],
    columns: [
      nameColumn('operation'),
      ...textColumns('target'),
      ...figureColumns(...times, ...times, 'failed', 'done later'),
      ...textColumns('kept by'),
    ],
    rows: rows.map((row) => tableRow(row, coupling)),
  };
}

function tableRow(row: CouplingRow, { disturbed, away }: Coupling): Row {
  const contenders = [...row.contenders.values()];
  const times = ({ usual, disturbed: under }: PhaseSpreads) => [
    spreadText(usual),
    ...disturbed.map((name) => {
      const found = under.get(name);
      return found === undefined ? '–' : spreadText(found.during);
    }),
  ];
  const struck = row.contenders.get(away);
  const trials = contenders.flatMap((contender) => contender.trials);
  return {
    cells: [
      row.operation,
      row.label,
      ...times(row.freeAfter),
      ...times(row.begunAfter),
      ...(struck === undefined ? ['–', '–'] : struckCells(struckIn(struck.trials, row.operation), row.isHandOver)),
      keptBy(trials[0], row),
    ],
    status: worstOf(contenders),
  };
}

/** Failed in the caller’s eyes; of those that nobody had an answer of, how many were done in the end. */
function struckCells(struck: Struck, isHandOver: boolean): [failed: string, later: string] {
  const { offered, ok } = struck;
  if (offered === 0) return ['–', '–'];
  return [formatShare(offered - ok, offered), doneLaterText(struck, isHandOver)];
}

function doneLaterText({ offered, ok, done, doneThoughNotOk, isLeast }: Struck, isHandOver: boolean): string {
  const later = isHandOver ? done : doneThoughNotOk;
  const open = isHandOver ? offered : offered - ok;
  if (later === null) return '?';
  if (open === 0) return '–';
  if (later >= open) return 'all';
  const atLeast = isLeast && !isHandOver ? '≥ ' : '';
  return later === 0 ? `${atLeast === '' ? 'none' : '?'}` : `${atLeast}${formatShare(later, open)}`;
}

/** Whose it is, and where, when the caller may go on. */
const keepers: Readonly<Record<GuaranteeClass, string>> = {
  'process memory': 'memory',
  'service’s disk (flushed)': 'service’s disk',
  'broker’s page cache': 'broker’s cache',
  'broker’s disk (flushed)': 'broker’s disk',
  replicated: 'replicas',
};

function keptBy(trial: TrialResult | undefined, { isHandOver }: CouplingRow): string {
  if (trial === undefined) return '–';
  // Results of earlier versions do not say what a reply through a broker is worth.
  const isUnknown = !isHandOver && hasBroker(trial.protocol) && trial.semantics[replyGuaranteeSetting] === undefined;
  const found = isUnknown ? null : guaranteeIn(trial.semantics, isHandOver ? null : 'replied');
  return found === null ? '?' : keepers[found];
}

/** `150/s in all · 15 ms of work`, as planned. */
function rateText({ plan }: RunResult): string[] {
  const { ratePerSecond, model } = plan.load;
  const workTimeMs = plan.workload.service?.workTimeMs;
  return [
    ...(model === 'open' && ratePerSecond !== undefined ? [`${formatCount(ratePerSecond)}/s in all`] : []),
    ...(workTimeMs === undefined || workTimeMs === 0 ? [] : [`${formatDuration(workTimeMs)} of work`]),
  ];
}
