/**
 * Everything that a result has as a number, for spreadsheets: one row a trial, phase and operation. What is of the whole
 * phase or trial stands in each of its rows.
 */
import { cacheFigureNames, cacheFigures } from '../../result/cache-figures.ts';
import { laterTimes } from '../../result/patterns.ts';
import {
  type LatencyName,
  latencyNames,
  type OperationResult,
  type PhaseResult,
  type RunResult,
  type TrialResult,
} from '../../result/result-types.ts';
import {
  batchCountsSchema,
  bodyBytesSchema,
  cpuSchema,
  ledgerSchema,
  memorySchema,
  paymentsSchema,
  wireSchema,
} from '../../result/schema/evidence-schema.ts';
import { latencySummarySchema } from '../../result/schema/latency-schema.ts';
import { countsSchema, policySchema } from '../../result/schema/phase-schema.ts';
import { canarySchema, verdictFiguresSchema } from '../../result/schema/verdict-schema.ts';
import { type CsvColumn, type CsvValue, csvHeading, csvText } from './csv-text.ts';

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

/** Of these a column each holds more than a number. */
const holders = new Set<string>(['bodies', 'batches', 'waits', 'parts', 'canary']);

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
  ...latencyNames.flatMap(latencyColumns),
  ...intervalTimes.flatMap((time) => percentiles.flatMap((name) => intervalColumns(time, name))),
  ['phase_duration_ms', ({ of }) => of.durationMs],
  ['phase_planned_per_second', ({ of }) => of.plannedPerSecond],
  ['phase_offered_per_second', ({ of }) => of.offeredPerSecond],
  ['phase_goodput_per_second', ({ of }) => of.goodputPerSecond],
  ...keysOf(latencySummarySchema).map((figure): Column => {
    const heading = figure === 'count' ? 'phase_offered_count' : `phase_offered_${figure}_us`;
    return [heading, ({ of }) => of.latencyUs.offered[figure]];
  }),
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
  ...ofTrial('ledger', ledgerSchema, ({ ledger }) => ledger),
  ...cacheFigureNames.map((name): Column => [csvHeading('cache', name), ({ trial }) => cacheFigures[name](trial)]),
  ...ofTrial('payments', paymentsSchema, ({ payments }) => payments),
  ...ofTrial('wire', wireSchema, ({ wire }) => wire),
  ...ofTrial('bodies', bodyBytesSchema, ({ wire }) => wire.bodies),
  ...ofTrial('batches', batchCountsSchema, ({ wire }) => wire.batches),
  ...ofTrial('cpu', cpuSchema, ({ cpu }) => cpu),
  ...ofTrial('cpu_waits', cpuSchema.shape.waits.unwrap(), ({ cpu }) => cpu.waits),
  ...ofTrial('memory', memorySchema, ({ memory }) => memory),
  ...ofTrial('judged_by', verdictFiguresSchema, ({ verdict }) => verdict.figures),
  ...ofTrial('canary', canarySchema, ({ verdict }) => verdict.figures?.canary ?? undefined),
];

/** Without commas, so that tools that know no quotes find the columns. */
function listText(items: readonly string[]): string {
  return items.join('; ').replaceAll(',', ';');
}

function pairsText(pairs: Readonly<Record<string, unknown>>): string {
  return listText(Object.entries(pairs).map(([name, value]) => `${name}: ${value}`));
}

/** Without those that hold more than a number. */
function ofTrial<Name extends string>(
  prefix: string,
  schema: { readonly shape: Readonly<Record<Name, unknown>> },
  of: (trial: TrialResult) => Readonly<Partial<Record<Name, unknown>>> | undefined,
): Column[] {
  return keysOf(schema)
    .filter((name) => !holders.has(name))
    .map((name) => [csvHeading(prefix, name), ({ trial }) => numberOf(of(trial)?.[name])]);
}

function keysOf<Name extends string>({ shape }: { readonly shape: Readonly<Record<Name, unknown>> }): Name[] {
  return Object.keys(shape) as Name[];
}

function numberOf(value: unknown): CsvValue {
  return typeof value === 'number' ? value : null;
}

function latencyColumns(latency: LatencyName): Column[] {
  return keysOf(latencySummarySchema).map((figure) => [
    figure === 'count' ? `${latency}_count` : `${latency}_${figure}_us`,
    ({ operation }) => operation.latencyUs[latency]?.[figure],
  ]);
}

function intervalColumns(time: (typeof intervalTimes)[number], name: (typeof percentiles)[number]): Column[] {
  return (['low', 'high'] as const).map((end, n) => [
    `${time}_${name}_within_${end}_us`,
    ({ operation }) => operation.withinRunUs?.[time]?.[name]?.[n],
  ]);
}
