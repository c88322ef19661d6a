/** Which shipped scenario asks what stored results do not. */
import type { Completion, Protocol } from '../result-types.ts';
import type { Candidate } from './candidates.ts';
import type { Requirement } from './requirements.ts';

export interface ShippedQuestion {
  /** As it is named on the command line: `scenarios/sync-vs-async.yaml`. */
  readonly path: string;
  /** Broker null: it has none, or takes the usual one. */
  readonly targets: readonly { readonly protocol: Protocol; readonly broker: string | null }[];
  readonly completions: readonly Completion[];
  /** What is away in it. */
  readonly away: readonly string[];
  /** It has a condition, or a stretch, without faults. */
  readonly isEverCalm: boolean;
  /** Something is kept of what is read in it. */
  readonly hasCache: boolean;
}

const mostNamed = 3;

/** Those that play this protocol so; the first few. */
export function askersOf(
  candidate: Candidate,
  requirement: Requirement,
  wanted: readonly string[],
  shipped: readonly ShippedQuestion[],
): string[] {
  const { completion, played } = candidate;
  const isCached = played.some(({ trial }) => trial.cache !== undefined);
  return shipped
    .filter(
      ({ targets, completions }) => targets.some((one) => isSuch(one, candidate)) && completions.includes(completion),
    )
    .filter((one) => asks(one, requirement, wanted) && (requirement.kind !== 'stale' || !isCached || one.hasCache))
    .slice(0, mostNamed)
    .map(({ path }) => path);
}

function isSuch({ protocol, broker }: ShippedQuestion['targets'][number], candidate: Candidate): boolean {
  const its = candidate.played[0]?.trial.semantics.broker ?? null;
  return protocol === candidate.protocol && (its === null || broker === null || broker === its);
}

function asks({ away, isEverCalm }: ShippedQuestion, requirement: Requirement, wanted: readonly string[]): boolean {
  if (requirement.kind === 'survive') return away.includes(requirement.part);
  if (requirement.kind === 'latency' || requirement.kind === 'stale') return isEverCalm;
  return wanted.length === 0 ? away.length > 0 : away.some((part) => wanted.includes(part));
}
