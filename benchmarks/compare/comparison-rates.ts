/** Shares of answers over many comparisons of eight pairs, drawn from the pairs of one interleaved comparison. */
import { basename } from 'node:path';
import { compareRuns } from '../../result/compare/compare-runs.ts';
import { type ComparisonAnswer, comparisonAnswers } from '../../result/compare/comparison-result.ts';
import { seededDraws } from '../../result/fixtures/seeded-draws.ts';
import type { RunResult, TrialResult } from '../../result/result-types.ts';
import { shareInterval } from '../../result/statistics/share-interval.ts';

const draws = 2_000;
const pairsDrawn = 8;
/** What the service's work is in: of the others, nothing was planted. */
const tested = new Set(['getOrder', 'cancelOrder']);

export interface ComparisonRates {
  readonly name: string;
  readonly trials: number;
  readonly invalid: number;
  readonly suspect: number;
  /** By figure (`p50`, `p90`): of one operation, as a comparison of this figure alone. */
  readonly figures: Readonly<Record<string, Readonly<Record<ComparisonAnswer, number>>>>;
  /** Comparisons of all figures in which any was called different. */
  readonly anyTold: number;
  readonly comparisons: number;
}

export function comparisonRates(path: string, a: RunResult, b: RunResult): ComparisonRates {
  const random = seededDraws(7);
  const isPlanted = basename(path).endsWith('planted');
  const pairs = pairsOf(a, b);
  const figures: Record<string, Record<ComparisonAnswer, number>> = {};
  let anyTold = 0;
  for (let draw = 0; draw < draws; draw++) {
    // Of an A/A pair either may be the base.
    const drawn = drawFrom(pairs, random).map(([one, two]) =>
      !isPlanted && random.uniform() < 0.5 ? ([two, one] as const) : ([one, two] as const),
    );
    const [base, other] = [0, 1].map((side) => ({
      ...(side === 0 ? a : b),
      trials: drawn.map((pair, n) => ({ ...(pair[side] as TrialResult), repeat: n + 1 })),
    }));
    const rowsOf = (metrics: readonly string[]) =>
      compareRuns({ name: 'A', result: base as RunResult }, [{ name: 'B', result: other as RunResult }], {
        ...{ isInterleaved: true, minEffect: 0.05, metrics, gates: [], isForced: true },
      }).rows.map((row) => ({ ...row, isPrimary: false }));
    const rows = rowsOf([]);
    if (rows.some(({ answer }) => answer === 'better' || answer === 'worse')) anyTold++;
    for (const { operation, metric, answer } of rows) {
      if (operation === null || !tested.has(operation)) continue;
      figures[metric] ??= { better: 0, worse: 0, same: 0, cannotTell: 0 };
      figures[metric][answer]++;
    }
  }
  const all = [...a.trials, ...b.trials];
  const count = (status: string) => all.filter(({ verdict }) => verdict.status === status).length;
  return {
    ...{ name: basename(path), trials: all.length, invalid: count('invalid'), suspect: count('suspect') },
    ...{ figures, anyTold, comparisons: draws },
  };
}

function pairsOf(a: RunResult, b: RunResult): (readonly [TrialResult, TrialResult])[] {
  return a.trials.flatMap((one) => {
    const two = b.trials.find(({ id }) => id === one.id);
    return two === undefined ? [] : [[one, two] as const];
  });
}

/** Without putting back. */
function drawFrom<Item>(items: readonly Item[], random: ReturnType<typeof seededDraws>): Item[] {
  const left = [...items];
  return Array.from({ length: Math.min(pairsDrawn, left.length) }, () => {
    return left.splice(Math.floor(random.uniform() * left.length), 1)[0] as Item;
  });
}

/** Markdown. */
export function ratesTable(all: readonly ComparisonRates[]): string {
  const head = '| trials | of them suspect, invalid | figure | better | worse | same | cannot tell | any figure told |';
  const rows = all.flatMap((one) =>
    Object.entries(one.figures).map(([metric, counts]) => {
      const total = comparisonAnswers.reduce((sum, answer) => sum + counts[answer], 0);
      const told = (['better', 'worse', 'same', 'cannotTell'] as const).map((answer) =>
        shareText(counts[answer], total),
      );
      const any = shareText(one.anyTold, one.comparisons);
      return `| ${one.name}, ${one.trials} | ${one.suspect}, ${one.invalid} | ${metric} | ${told.join(' | ')} | ${any} |`;
    }),
  );
  return `${[head, '|---|---|---|---|---|---|---|---|', ...rows].join('\n')}\n`;
}

function shareText(count: number, total: number): string {
  const [low, high] = shareInterval(count, total).map((share) => (share * 100).toFixed(1));
  return `${((count / total) * 100).toFixed(1)} % (${low}–${high})`;
}
