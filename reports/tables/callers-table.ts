/** What each caller got: served, refused as it was to be, told to come later, or left alone. */
import type { CallerResult, TrialResult } from '../../result/result-types.ts';
import type { ConditionGroup } from '../figures/result-view.ts';
import { formatCount, formatPercentile } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table, textColumns } from '../text/table.ts';

/** In the order of the columns. */
const statuses = ['401', '403', '429', '502', '503', '504'] as const;
type Answer = (typeof statuses)[number] | 'else';
const other: Answer = 'else';

/** gRPC's own names of them, where no HTTP status stands beside. */
const statusOfName: Readonly<Record<string, Answer>> = {
  UNAUTHENTICATED: '401',
  PERMISSION_DENIED: '403',
  RESOURCE_EXHAUSTED: '429',
  UNAVAILABLE: '503',
};

/** null: nobody says who is calling. */
export function callersTable({ contenders }: ConditionGroup): Table | null {
  const told = contenders.flatMap(({ label, counted, status }) =>
    namesOf(counted).map((name) => ({ label, status, caller: sumOf(counted, name) })),
  );
  if (told.length === 0) return null;
  const answers = ([...statuses, other] as const).filter((answer) =>
    told.some(({ caller }) => caller.answers.has(answer)),
  );
  const saysWhen = told.some(({ caller }) => caller.toldWhen > 0);
  const rows = told.map(({ label, status, caller }): Row => {
    const { name, holds, mayBeServed, offered, ok, toldWhen } = caller;
    const counts = [offered, ok, ...answers.map((answer) => caller.answers.get(answer) ?? 0)];
    const figures = [...counts, ...(saysWhen ? [toldWhen] : [])].map(formatCount);
    return { cells: [label, `${name} (${holds})`, mayBeServed ? 'served' : 'refused', ...figures, caller.p50], status };
  });
  return {
    title: 'callers: what each got · who is to be refused and is stands in no other figure',
    spans: [],
    columns: [
      nameColumn('target'),
      ...textColumns('caller', 'is to be'),
      ...figureColumns('offered', 'ok', ...answers, ...(saysWhen ? ['told when'] : []), 'ok p50'),
    ],
    rows,
  };
}

function namesOf(trials: readonly TrialResult[]): string[] {
  return [...new Set(trials.flatMap(({ callers = [] }) => callers.map(({ name }) => name)))];
}

interface CallerSum extends Pick<CallerResult, 'name' | 'holds' | 'mayBeServed' | 'toldWhen'> {
  /** Those refused as expected included. */
  readonly offered: number;
  readonly ok: number;
  readonly answers: ReadonlyMap<Answer, number>;
  /** The middle repeat's. */
  readonly p50: string;
}

/** Counts over all repeats. */
function sumOf(trials: readonly TrialResult[], name: string): CallerSum {
  const each = trials.flatMap(({ callers = [] }) => callers.filter((caller) => caller.name === name));
  const answers = new Map<Answer, number>();
  for (const { errors, refusals } of each) {
    for (const [reason, count] of [...Object.entries(errors), ...Object.entries(refusals)]) {
      const answer = answerOf(reason);
      answers.set(answer, (answers.get(answer) ?? 0) + count);
    }
  }
  const sum = (of: (caller: CallerResult) => number) => each.reduce((total, caller) => total + of(caller), 0);
  const byP50 = each.toSorted((a, b) => (a.responseUs.p50 ?? 0) - (b.responseUs.p50 ?? 0));
  return {
    ...{ name, holds: each[0]?.holds ?? '', mayBeServed: each[0]?.mayBeServed ?? true },
    offered: sum(({ counts, refusedAsExpected }) => counts.offered + refusedAsExpected),
    ok: sum(({ counts }) => counts.ok),
    toldWhen: sum(({ toldWhen }) => toldWhen),
    answers,
    p50: formatPercentile(byP50[Math.floor(byP50.length / 2)]?.responseUs, 'p50'),
  };
}

/** `status 401`, `handshake status 403`, `status UNAVAILABLE (HTTP 429)`, `status UNAUTHENTICATED`. */
function answerOf(reason: string): Answer {
  const [, word = ''] = /^(?:handshake )?status (\w+)/.exec(reason) ?? [];
  const code = /\(HTTP (\d+)\)/.exec(reason)?.[1] ?? word;
  return statuses.find((status) => status === code) ?? statusOfName[word] ?? other;
}
