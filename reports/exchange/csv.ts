/**
 * Everything that a result has as a number, for spreadsheets: one row a trial, phase and operation. What is of the whole
 * phase or trial stands in each of its rows.
 */
import { laterTimes } from '../../result/patterns.ts';
import { rebuildFigureNames } from '../../result/rebuild-figures.ts';
import {
  latencyNames,
  type OperationResult,
  type PhaseResult,
  type RunResult,
  type TrialResult,
} from '../../result/result-types.ts';
import { batchCountsSchema, bodyBytesSchema } from '../../result/schema/evidence-schema.ts';
import { countsSchema, policySchema } from '../../result/schema/phase-schema.ts';
import { trialSchema } from '../../result/schema/trial-schema.ts';
import { canarySchema, verdictFiguresSchema } from '../../result/schema/verdict-schema.ts';
import { accountColumns, figureColumns, numberOf, summaryColumns } from './account-columns.ts';
import { type CsvColumn, csvHeading, csvText } from './csv-text.ts';

interface CsvItem {
  readonly trial: TrialResult;
  readonly phase: string;
  readonly of: PhaseResult;
  readonly name: string;
  readonly operation: OperationResult;
}

type Column = CsvColumn<CsvItem>;

export function renderCsv({ trials }: RunResult): string {
  return csvText(columns, trials.flatMap(itemsOf));
}

function itemsOf(trial: TrialResult): CsvItem[] {
  return Object.entries(trial.phases).flatMap(([phase, of]) =>
    Object.entries(of.operations).map(([name, operation]) => ({ trial, phase, of, name, operation })),
  );
}

const percentiles = ['p50', 'p90', 'p99', 'p999'] as const;
const intervalTimes = ['offered', ...laterTimes] as const;

const { ledger, payments, wire, cpu, memory } = trialSchema.shape;

/** What has columns of its own, or is not of the whole trial. */
const elsewhere = [
  ...['repeat', 'warmup', 'verdict', 'phases', 'security', 'reconnects', 'blockedPublishers', 'backlog'],
  ...['ledger', 'payments', 'wire', 'cpu', 'memory', 'blocks', 'histograms'],
];

const columns: readonly Column[] = [
  ['trial', ({ trial }) => trial.id],
  ['target', ({ trial }) => trial.target],
  ['protocol', ({ trial }) => trial.protocol],
  ['engine', ({ trial }) => trial.engine],
  ['condition', ({ trial }) => trial.condition],
  ['repeat', ({ trial }) => trial.repeat],
  ['verdict', ({ trial }) => trial.verdict.status],
  ['phase', ({ phase }) => phase],
  ['operation', ({ name }) => name],
  ['pattern', ({ operation }) => operation.pattern],
  ['completion', ({ operation }) => operation.completion],
  ...keysOf(countsSchema).map((name): Column => [csvHeading(name), ({ operation }) => operation.counts[name]]),
  ...latencyNames.flatMap((name) => summaryColumns<CsvItem>(name, ({ operation }) => operation.latencyUs[name])),
  ...intervalTimes.flatMap((time) => percentiles.flatMap((name) => intervalColumns(time, name))),
  ['phase_duration_ms', ({ of }) => of.durationMs],
  ['phase_planned_per_second', ({ of }) => of.plannedPerSecond],
  ['phase_offered_per_second', ({ of }) => of.offeredPerSecond],
  ['phase_goodput_per_second', ({ of }) => of.goodputPerSecond],
  ...summaryColumns<CsvItem>('phase_offered', ({ of }) => of.latencyUs.offered),
  ['phase_errors', ({ of }) => pairsText(of.errors)],
  ...keysOf(policySchema)
    .filter((name) => name !== 'fallbackUs' && name !== 'fallbackAgeUs')
    .map((name): Column => [csvHeading('policy', name), ({ operation }) => numberOf(operation.policies?.[name])]),
  ['variant', ({ trial }) => pairsText(trial.variant)],
  ['purpose', ({ trial }) => trial.purpose],
  ['model', ({ trial }) => trial.model],
  ['started_at', ({ trial }) => trial.startedAt],
  ['verdict_reasons', ({ trial }) => listText(trial.verdict.reasons.map(({ code }) => code))],
  ['shares_cores', ({ trial }) => trial.verdict.sharesCores],
  ['warmup_ms', ({ trial }) => trial.warmup?.durationMs],
  ['warmup_ended', ({ trial }) => trial.warmup?.ended],
  [
    'faults',
    ({ trial }) => listText(trial.faults.map(({ fault, link }) => [fault, link].filter(Boolean).join(' on '))),
  ],
  ['semantics', ({ trial }) => pairsText(trial.semantics)],
  ['security_handshakes', ({ trial }) => trial.security?.handshakes],
  ['reconnects', ({ trial }) => trial.reconnects],
  ['blocked_publishers_ms', ({ trial }) => trial.blockedPublishers?.durationMs],
  ['backlog_highest', ({ trial }) => trial.backlog?.highest?.messages],
  ['backlog_redelivered', ({ trial }) => trial.backlog?.redelivered],
  ['backlog_rebalances', ({ trial }) => trial.backlog?.rebalances],
  ...accountColumns<CsvItem>(['ledger'], ledger, ({ trial }) => trial.ledger),
  ...accountColumns<CsvItem>(['payments'], payments.unwrap(), ({ trial }) => trial.payments),
  ...accountColumns<CsvItem>(['wire'], wire, ({ trial }) => trial.wire, ['bodies', 'batches']),
  ...accountColumns<CsvItem>(['bodies'], bodyBytesSchema, ({ trial }) => trial.wire.bodies),
  ...accountColumns<CsvItem>(['batches'], batchCountsSchema, ({ trial }) => trial.wire.batches),
  ...accountColumns<CsvItem>(['cpu'], cpu, ({ trial }) => trial.cpu),
  ...accountColumns<CsvItem>(['memory'], memory.unwrap(), ({ trial }) => trial.memory),
  ...accountColumns<CsvItem>(['judged_by'], verdictFiguresSchema, ({ trial }) => trial.verdict.figures, ['canary']),
  ...accountColumns<CsvItem>(['canary'], canarySchema, ({ trial }) => trial.verdict.figures?.canary),
  ['blocked_publishers_times', ({ trial }) => trial.blockedPublishers?.times],
  ...accountColumns<CsvItem>([], trialSchema, ({ trial }) => trial, elsewhere),
  ...figureColumns<CsvItem>('cache', ['hitRatio', 'originShare']),
  ...figureColumns<CsvItem>('rebuilds', rebuildFigureNames),
  ...figureColumns<CsvItem>('versions', ['deprecatedShare', 'toldDeprecated', 'retiredCalls']),
];

/** Without commas, so that tools that know no quotes find the columns. */
function listText(items: readonly string[]): string {
  return items.join('; ').replaceAll(',', ';');
}

function pairsText(pairs: Readonly<Record<string, unknown>>): string {
  return listText(Object.entries(pairs).map(([name, value]) => `${name}: ${value}`));
}

function keysOf<Name extends string>({ shape }: { readonly shape: Readonly<Record<Name, unknown>> }): Name[] {
  return Object.keys(shape) as Name[];
}

function intervalColumns(time: (typeof intervalTimes)[number], name: (typeof percentiles)[number]): Column[] {
  return (['low', 'high'] as const).map((end, n) => [
    `${time}_${name}_within_${end}_us`,
    ({ operation }) => operation.withinRunUs?.[time]?.[name]?.[n],
  ]);
}
