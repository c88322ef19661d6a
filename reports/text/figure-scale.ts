/** From figures to places in a picture. */

export interface FigureScale {
  readonly ticks: readonly number[];
  /** 0 at the lowest tick or below it, 1 at the highest. */
  place(value: number): number;
}

/** Figures further apart than this are on a logarithmic scale. */
const linearRatio = 20;
const fewestTicks = 4;

/** `values`: at least one, not negative. With room on both sides. Ticks of a linear scale are round in `unit`. */
export function figureScale(values: readonly number[], unit = 1): FigureScale {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return low > 0 && high / low > linearRatio ? logarithmic(low, high) : linear(low, high, unit);
}

function linear(low: number, high: number, unit: number): FigureScale {
  const span = high - low || Math.abs(high) || 1;
  // From nothing where that wastes no more than it tells.
  const isFromNothing = low < span;
  const step = niceStep((isFromNothing ? high || span : span) / fewestTicks / unit) * unit;
  const from = isFromNothing ? 0 : Math.floor((low - span * 0.08) / step) * step;
  const to = Math.ceil((high + span * 0.08) / step) * step;
  const ticks = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, n) => from + n * step);
  return { ticks, place: (value) => (value - from) / (to - from) };
}

function niceStep(rough: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5].find((factor) => factor * magnitude >= rough) ?? 10;
  return step * magnitude;
}

function logarithmic(low: number, high: number): FigureScale {
  const [from, to] = [Math.log10(low / 1.25), Math.log10(high * 1.25)];
  const decades = Array.from({ length: Math.ceil(to) - Math.floor(from) + 1 }, (_, n) => 10 ** (Math.floor(from) + n));
  const factors = to - from > 3 ? [1] : [1, 2, 5];
  const ticks = decades.flatMap((decade) => factors.map((factor) => decade * factor));
  return {
    ticks: ticks.filter((tick) => Math.log10(tick) >= from && Math.log10(tick) <= to),
    place: (value) => (Math.log10(value) - from) / (to - from),
  };
}
