/** What a scenario asks for in a stretch of the load, to be read beside what the draw of the arrivals made of it. */
import type { Load, OpenLoad, RateStage } from '../../scenarios/scenario.ts';
import { RateCurve } from './rate-curve.ts';

/** Warm-up first, at the mean rate of the first stage of the load. */
export function stagesOf({ warmupMs, stages }: OpenLoad): readonly RateStage[] {
  const [first] = stages;
  const meanPerSecond = first === undefined ? 0 : (first.fromPerSecond + first.toPerSecond) / 2;
  return [{ forMs: warmupMs, fromPerSecond: meanPerSecond, toPerSecond: meanPerSecond }, ...stages];
}

/** Operations a second between two offsets of the load, µs; null: nobody planned one (closed model, recorded arrivals). */
export function plannedRate(load: Load, fromUs: number, toUs: number): number | null {
  if (load.model !== 'open' || load.arrivals === 'recorded' || !Number.isFinite(toUs) || toUs <= fromUs) return null;
  const curve = new RateCurve(stagesOf(load));
  const expected = curve.expectedBy(toUs) - curve.expectedBy(fromUs);
  return Math.round((expected * 1e9) / (toUs - fromUs)) / 1e3;
}
