/** Where the service takes most of an answer’s time, targets of different protocols are not held against each other. */
import type { PrimaryMetric, RunResult, TrialResult } from '../../result/result-types.ts';
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
  const parted = kinds.map((figures) => partsOf(figures.map((figure) => measuredOf(result, primary, figure))));
  const dominated = parted.flatMap(({ dominated }) => dominated);
  return { kinds: parted.flatMap(({ parts }) => parts), sentence: sentenceOf(dominated) };
}

/** Where targets say what their service is written in; null: none does, or nobody knows how long it took. */
export function serviceShareSentence(
  result: RunResult,
  primary: PrimaryMetric,
  figures: readonly OrderedFigure[],
): string | null {
  const isSaid = ({ label }: OrderedFigure) =>
    trialsOf(result, primary, label).some(({ semantics }) => semantics.service !== undefined);
  if (!figures.some(isSaid)) return null;
  const known = figures.map((figure) => measuredOf(result, primary, figure)).filter(({ share }) => share !== null);
  return known.length === 0 ? null : `Of the p50 the service itself takes at least: ${sharesText(known)}.`;
}

function trialsOf(result: RunResult, { condition }: PrimaryMetric, label: string): readonly TrialResult[] {
  const group = conditionGroups(result).find((one) => one.condition === condition);
  return group?.contenders.find((contender) => contender.label === label)?.counted ?? [];
}

function measuredOf<Figure extends OrderedFigure>(
  result: RunResult,
  primary: PrimaryMetric,
  figure: Figure,
): Measured<Figure> {
  const { phase, operation } = primary;
  const trials = trialsOf(result, primary, figure.label);
  const shares = trials.map((trial) => servicePartOf(trial, phase, operation)?.share ?? null);
  return { figure, protocol: trials[0]?.protocol ?? '', share: medianOf(shares) };
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
