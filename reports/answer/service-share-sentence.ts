/** Where the service takes most of an answer’s time, targets of different protocols are not held against each other. */
import type { PrimaryMetric, RunResult } from '../../result/result-types.ts';
import { dominatingShare, servicePartOf } from '../../result/service-share.ts';
import type { OrderedFigure } from '../figures/order-text.ts';
import { conditionGroups } from '../figures/result-view.ts';
import { medianOf } from '../figures/variant-figures.ts';
import { formatShare } from '../text/format-values.ts';

export interface ComparableKinds<Figure extends OrderedFigure> {
  /** Each of targets that may be compared. */
  readonly kinds: readonly (readonly Figure[])[];
  /** Why some may not; null: all of a kind may. */
  readonly sentence: string | null;
}

interface Measured<Figure> {
  readonly figure: Figure;
  readonly protocol: string;
  /** It says what its service is written in. */
  readonly hasRuntime: boolean;
  /** null: not known, or no answer waits for the work. */
  readonly share: number | null;
}

const mostNamed = 4;

/** Of one protocol all may be compared, of several those whose time is not mostly the service’s. */
export function comparableKinds<Figure extends OrderedFigure>(
  result: RunResult,
  primary: PrimaryMetric,
  kinds: readonly (readonly Figure[])[],
): ComparableKinds<Figure> {
  const measured = measuredIn<Figure>(result, primary);
  const parted = kinds.map((figures) => partsOf(figures.map(measured)));
  const dominated = parted.flatMap(({ dominated }) => dominated);
  return { kinds: parted.flatMap(({ parts }) => parts), sentence: sentenceOf(dominated) };
}

/** Where targets say what their service is written in; null: none does, or nobody knows how long it took. */
export function serviceShareSentence(
  result: RunResult,
  primary: PrimaryMetric,
  figures: readonly OrderedFigure[],
): string | null {
  const all = figures.map(measuredIn(result, primary));
  const known = all.filter(({ share }) => share !== null);
  if (known.length === 0 || !all.some(({ hasRuntime }) => hasRuntime)) return null;
  return `Of the p50 the service itself takes at least: ${sharesText(known)}.`;
}

/** Looks the targets up once for all figures. */
function measuredIn<Figure extends OrderedFigure>(
  result: RunResult,
  { condition, phase, operation }: PrimaryMetric,
): (figure: Figure) => Measured<Figure> {
  const contenders = conditionGroups(result).find((group) => group.condition === condition)?.contenders ?? [];
  return (figure) => {
    const trials = contenders.find(({ label }) => label === figure.label)?.counted ?? [];
    return {
      figure,
      protocol: trials[0]?.protocol ?? '',
      hasRuntime: trials.some(({ semantics }) => semantics.service !== undefined),
      share: medianOf(trials.map((trial) => servicePartOf(trial, phase, operation)?.share ?? null)),
    };
  };
}

function partsOf<Figure>(all: readonly Measured<Figure>[]) {
  const figuresOf = (some: readonly Measured<Figure>[]) => some.map(({ figure }) => figure);
  const byProtocol = Map.groupBy(all, ({ protocol }) => protocol);
  const dominated = all.filter(({ share }) => share !== null && share >= dominatingShare);
  if (byProtocol.size < 2 || dominated.length === 0) return { parts: [figuresOf(all)], dominated: [] };
  const others = all.filter((one) => !dominated.includes(one));
  const isOfSeveral = new Set(others.map(({ protocol }) => protocol)).size > 1;
  const parts = [...byProtocol.values()].map(figuresOf);
  return { parts: isOfSeveral ? [figuresOf(others), ...parts] : parts, dominated };
}

function sentenceOf(dominated: readonly Measured<OrderedFigure>[]): string | null {
  if (dominated.length === 0) return null;
  return `Not held against other protocols, since the p50 is mostly the service’s own time: ${sharesText(dominated)}.`;
}

function sharesText(all: readonly Measured<OrderedFigure>[]): string {
  const texts = all.slice(0, mostNamed).map(({ figure, share }) => `${figure.label} ${formatShare(share ?? 0, 1)}`);
  const more = all.length > mostNamed ? [`${all.length - mostNamed} more`] : [];
  return [...texts, ...more].join(', ');
}
