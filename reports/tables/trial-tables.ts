/** Everything known of one trial, for its own place in the page. */
import { type LedgerKind, latencyNames, phaseNames, type TrialResult } from '../../result/result-types.ts';
import { unresolvedText } from '../figures/clock-resolution.ts';
import { batchFacts } from '../text/batch-size.ts';
import { bodyFacts } from '../text/body-ratio.ts';
import { formatBytes, formatCount, formatDuration, formatPercentile, formatShare } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table, textColumns } from '../text/table.ts';

const outcomes = ['offered', 'ok', 'rejected', 'failed', 'timedOut', 'dropped', 'attempts'] as const;

/** Counts and times by phase and operation; warm-up and drain included, so that nothing is hidden. */
export function operationsTable(trial: TrialResult): Table {
  const rows = phaseNames.flatMap((phase) =>
    Object.entries(trial.phases[phase]?.operations ?? {})
      .filter(([, { counts }]) => counts.offered > 0)
      .map(([name, { completion, counts, latencyUs }]): Row => {
        const times = (['p50', 'p90', 'p99', 'p999', 'max'] as const).map((one) =>
          formatPercentile(latencyUs.offered, one, counts),
        );
        return {
          cells: [phase, name, completion, ...outcomes.map((outcome) => formatCount(counts[outcome])), ...times],
          status: 'valid',
        };
      }),
  );
  return {
    title: 'operations by phase of their intended start',
    spans: [],
    columns: [
      nameColumn('phase'),
      ...textColumns('operation', 'completes'),
      ...figureColumns('offered', 'ok', 'rejected', 'failed', 'timed out', 'dropped', 'attempts'),
      ...figureColumns('p50', 'p90', 'p99', 'p99.9', 'max'),
    ],
    rows,
  };
}

const meanings = {
  offered: 'all offered',
  response: 'response, ok ones',
  service: 'service time',
  connectionWait: 'connection wait',
  sendLag: 'send lag of the generator',
  acknowledged: 'acknowledged',
  delivered: 'delivered',
  deliveredToAll: 'delivered to all',
  started: 'started',
  applied: 'applied',
  settled: 'settled',
  failed: 'until failure',
  timedOut: 'until time-out',
} as const satisfies Record<(typeof latencyNames)[number], string>;

/** Where the time went: all operations of a measured phase together. */
export function latencyTable(trial: TrialResult): Table {
  const rows = (['steady', 'before', 'during', 'after'] as const).flatMap((phase) =>
    latencyNames.flatMap((name): Row[] => {
      const summary = trial.phases[phase]?.latencyUs[name];
      if (summary === undefined || summary.count === 0) return [];
      const unresolved = unresolvedText(trial, name, summary);
      const times = (['min', 'mean', 'p50', 'p90', 'p99', 'p999', 'max'] as const).map((one) =>
        unresolved === null ? formatPercentile(summary, one) : one === 'min' ? unresolved : '',
      );
      return [{ cells: [phase, meanings[name], formatCount(summary.count), ...times], status: 'valid' }];
    }),
  );
  return {
    title: 'where the time went, all operations of a phase together',
    spans: [],
    columns: [
      nameColumn('phase'),
      ...textColumns('time'),
      ...figureColumns('operations', 'min', 'mean', 'p50', 'p90', 'p99', 'p99.9', 'max'),
    ],
    rows,
  };
}

/** Of a warm-up that was to last as long as it took. */
function warmupFacts({ warmup }: TrialResult): string[] {
  if (warmup === undefined || warmup.ended === 'planned') return [];
  const why = warmup.ended === 'steady' ? 'until steady' : 'and still not steady';
  return [`warm-up ${formatDuration(warmup.durationMs)}, ${why}`];
}

/** One line of the most telling facts. */
export function trialFacts(trial: TrialResult): string {
  const { wire, startedAt } = trial;
  const bytes =
    wire.bytesUp === null || wire.bytesDown === null
      ? null
      : `${formatBytes(wire.bytesUp)} up, ${formatBytes(wire.bytesDown)} down`;
  const loads = phaseNames.flatMap((phase) => trial.phases[phase]?.counts ?? []);
  const [offered, ok] = [
    loads.reduce((sum, counts) => sum + counts.offered, 0),
    loads.reduce((sum, counts) => sum + counts.ok, 0),
  ];
  return [
    `${trial.model} model, ${trial.engine} engine, started ${startedAt.slice(0, 19).replace('T', ' ')} UTC`,
    `${formatCount(offered)} offered in all, ${formatShare(offered - ok, offered)} not ok`,
    ...(bytes === null ? [] : [bytes]),
    ...batchFacts(trial),
    ...messageFacts(trial),
    ...bodyFacts(trial),
    ...httpFacts(trial),
    ...warmupFacts(trial),
  ].join(' · ');
}

/** Of calls that may have several messages either way. */
function messageFacts({ wire: { messages = {} } }: TrialResult): string[] {
  return Object.entries(messages).map(
    ([operation, { sent, received }]) =>
      `${operation}: ${formatCount(sent)} messages sent, ${formatCount(received)} received`,
  );
}

/** Of clients that did more than send and wait. */
function httpFacts({ http, ignoredMessages }: TrialResult): string[] {
  const { handshakes = 0, redirects } = http ?? {};
  return [
    ...(handshakes === 0 ? [] : [`${formatCount(handshakes)} more connections opened`]),
    ...(redirects === undefined ? [] : [`${formatCount(redirects)} redirects followed`]),
    ...(ignoredMessages === undefined ? [] : [`${formatCount(ignoredMessages)} messages ignored`]),
  ];
}

const caseNames: Readonly<Record<LedgerKind, string>> = {
  acceptedOnlyGone: 'accepted only, gone',
  lost: 'acknowledged, not applied',
  deadLettered: 'refused, dead letter',
  refusedUnheard: 'refused and dropped',
  admittedUnauthorised: 'admitted, not to be',
  stateLost: 'applied, not in the state',
  unacknowledgedButApplied: 'applied, not acknowledged',
  duplicatesReceived: 'received twice',
  duplicatesApplied: 'applied twice',
  reordered: 'out of order',
  corrupted: 'corrupted',
};

/** The first operations of each kind that the ledger holds against the system; null: none. */
export function ledgerCasesTable({ ledgerExamples = {}, verdict }: TrialResult): Table | null {
  const rows = (Object.keys(caseNames) as LedgerKind[]).flatMap((kind) =>
    (ledgerExamples[kind] ?? []).map(({ id, sentAtMs, when }): Row => {
      return { cells: [caseNames[kind], id, `${formatCount(sentAtMs)} ms`, when ?? '–'], status: verdict.status };
    }),
  );
  if (rows.length === 0) return null;
  return {
    title: 'ledger: the first of each kind · times count from the end of warm-up',
    spans: [],
    columns: [nameColumn('kind'), ...textColumns('operation'), ...figureColumns('sent at'), ...textColumns('which is')],
    rows,
  };
}
