/** What was away, in the words that `--survive` takes. */
import { isOutageFault, outagesOf } from '../outages.ts';
import type { RunResult, TrialResult } from '../result-types.ts';

export const networkWord = 'network';

interface Placed {
  readonly part?: unknown;
  readonly link?: unknown;
}

/** `service`, `broker`, `service-2`, `network`; a link between services by its name. */
function awayWord({ part, link }: Placed): string {
  if (typeof part === 'string') return part;
  return typeof link === 'string' && link !== 'client' ? link : networkWord;
}

/** By outage of the trial, in the order of time. */
export function awayIn(trial: TrialResult): string[] {
  return outagesOf([trial]).map(({ settings: { part }, link }) => awayWord({ part, link }));
}

/** By condition, as planned; without those that take nothing away. */
export function plannedAway(conditions: RunResult['plan']['conditions']): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(conditions).flatMap(([name, windows]) => {
      const away = windows
        .map((window) => window as Placed & { readonly fault?: string })
        .filter(({ fault }) => fault !== undefined && isOutageFault(fault))
        .map(awayWord);
      return away.length === 0 ? [] : [[name, [...new Set(away)]] as const];
    }),
  );
}
