/** Shares of answers over many comparisons of eight pairs, drawn from the pairs of interleaved comparisons. */
import { comparedRows, disturbanceOf } from '../../result/compare/compared-rows.ts';
import type { CompareOptions } from '../../result/compare/compared-sides.ts';
import { type ComparisonAnswer, comparisonAnswers } from '../../result/compare/comparison-result.ts';
import { comparedRun } from '../../result/fixtures/compared-run.ts';
import { seededDraws } from '../../result/fixtures/seeded-draws.ts';
import type { TrialResult } from '../../result/result-types.ts';
import { shareInterval } from '../../result/statistics/share-interval.ts';
import { middleOf } from '../../result/statistics/statistics-order.ts';
import { comparableTrial, type KeptPair, type KeptTrial } from './kept-pairs.ts';

const draws = 2_000;
const pairsDrawn = 8;
/** What the service's work is in: of the others, nothing was planted. */
const tested = ['getOrder', 'cancelOrder'] as const;
const options: CompareOptions = { isInterleaved: true, minEffect: 0.05, metrics: [], gates: [], isForced: true };

export interface ComparisonRates {
  readonly name: string;
  readonly trials: number;
  readonly invalid: number;
  readonly suspect: number;
  /** Those drawn from: both trials count, and nothing else took the machine from them, unless that is what the set is for. */
  readonly pairs: number;
  /** B against A of `getOrder`'s p50, the middle over the pairs: by the clients' clock, and as the service's own clock tells of its work. */
  readonly ratio: number;
  readonly ratioByService: number;
  /** By figure (`p50`, `p90`): of one operation, as a row of a comparison of all figures. */
  readonly figures: Readonly<Record<string, Readonly<Record<ComparisonAnswer, number>>>>;
  /** Comparisons of all figures in which any was called different. */
  readonly anyTold: number;
  readonly comparisons: number;
}

/**
 * `name` says what is in the set. `aa`: both sides alike, so that either of a pair may be the base. `planted`: B's work takes longer.
 * `crowded`: beside programs that take a core or more; of the others, pairs of which another program took much are left out.
 */
export function comparisonRates(name: string, kept: readonly KeptPair[]): ComparisonRates {
  const random = seededDraws(7);
  const isAlike = !name.endsWith('planted');
  const isMeant = (trial: KeptTrial) =>
    trial.status !== 'invalid' && (name.includes('crowded') || disturbanceOf(trial.reasons) === undefined);
  const whole = kept.filter(({ a, b }) => isMeant(a) && isMeant(b));
  const pairs = whole.map(({ a, b }, n) => [comparableTrial(a, n + 1), comparableTrial(b, n + 1)] as const);
  const figures: Record<string, Record<ComparisonAnswer, number>> = {};
  let anyTold = 0;
  for (let draw = 0; draw < draws; draw++) {
    const drawn = drawFrom(pairs, random).map(([one, two]) =>
      isAlike && random.uniform() < 0.5 ? ([two, one] as const) : ([one, two] as const),
    );
    const [base, other] = [runOf(drawn.map(([one]) => one)), runOf(drawn.map(([, two]) => two))];
    const rows = comparedRows({ name: 'A', result: base }, [{ name: 'B', result: other }], options, 'interleaved');
    if (rows.some(({ answer }) => answer === 'better' || answer === 'worse')) anyTold++;
    for (const { operation, metric, answer } of rows) {
      if (!tested.some((one) => one === operation)) continue;
      figures[metric] ??= { better: 0, worse: 0, same: 0, cannotTell: 0 };
      figures[metric][answer]++;
    }
  }
  const all = kept.flatMap(({ a, b }) => [a, b]);
  const count = (status: KeptTrial['status']) => all.filter((trial) => trial.status === status).length;
  return {
    ...{ name, trials: all.length, invalid: count('invalid'), suspect: count('suspect'), pairs: whole.length },
    ...{ ratio: middleRatio(whole, ratioOf), ratioByService: middleRatio(whole, ratioByService) },
    ...{ figures, anyTold, comparisons: draws },
  };
}

function runOf(trials: readonly TrialResult[]) {
  return { ...comparedRun('kept', []), trials };
}

/** What the work took longer by the service's own clock, on top of what A's clients saw. */
function ratioByService(a: KeptTrial, b: KeptTrial): number {
  const [one, two] = [a.operations.getOrder, b.operations.getOrder];
  return 1 + ((two?.workUs ?? Number.NaN) - (one?.workUs ?? Number.NaN)) / (one?.p50Us ?? Number.NaN);
}

function ratioOf(a: KeptTrial, b: KeptTrial): number {
  return (b.operations.getOrder?.p50Us ?? Number.NaN) / (a.operations.getOrder?.p50Us ?? Number.NaN);
}

function middleRatio(pairs: readonly KeptPair[], of: (a: KeptTrial, b: KeptTrial) => number): number {
  return middleOf(pairs.map(({ a, b }) => of(a, b)));
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
  const head =
    '| set | trials: suspect, invalid | pairs | true ratio, seen | figure | better | worse | same | cannot tell | any told |';
  const rows = all.flatMap((one) =>
    Object.entries(one.figures).map(([metric, counts]) => {
      const total = comparisonAnswers.reduce((sum, answer) => sum + counts[answer], 0);
      const told = (['better', 'worse', 'same', 'cannotTell'] as const).map((answer) =>
        shareText(counts[answer], total),
      );
      const ratios = `${one.ratioByService.toFixed(3)}, ${one.ratio.toFixed(3)}`;
      const any = shareText(one.anyTold, one.comparisons);
      const trials = `${one.trials}: ${one.suspect}, ${one.invalid}`;
      return `| ${[one.name, trials, one.pairs, ratios, metric, ...told, any].join(' | ')} |`;
    }),
  );
  return `${[head, `|${'---|'.repeat(10)}`, ...rows].join('\n')}\n`;
}

function shareText(count: number, total: number): string {
  const [low, high] = shareInterval(count, total).map((share) => (share * 100).toFixed(1));
  return `${((count / total) * 100).toFixed(1)} % (${low}–${high})`;
}
