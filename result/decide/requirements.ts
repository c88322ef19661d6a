/** What matters to the reader, from the words of the command line. */
import { BenchError, exitCodes } from '../bench-error.ts';
import { closestName } from '../closest-name.ts';
import { type PercentileName, percentileNames } from '../latency-summary.ts';
import { type QuantityReading, readQuantity } from '../quantity.ts';
import type { LatencyName } from '../result-types.ts';
import { parseMetric } from '../threshold-grammar.ts';

export type Requirement =
  | {
      readonly kind: 'latency';
      readonly wanted: string;
      readonly latency: LatencyName;
      readonly percentile: PercentileName;
      readonly limitUs: number;
    }
  | { readonly kind: 'survive'; readonly wanted: string; readonly part: string }
  | { readonly kind: 'lose' | 'order'; readonly wanted: string }
  | {
      readonly kind: 'stale';
      readonly wanted: string;
      readonly percentile: PercentileName;
      readonly limitUs: number;
    };

export interface Requirements {
  /** In the order in which they are reported; at least one. */
  readonly all: readonly Requirement[];
  /** Of what is offered while something is away, what may fail in the caller's eyes. */
  readonly failedShare: number;
  /** Of outages, what could be struck unseen (95 %) and it still meets. */
  readonly riskShare: number;
}

export function partsToSurvive({ all }: Pick<Requirements, 'all'>): string[] {
  return all.flatMap((one) => (one.kind === 'survive' ? one.part : []));
}

/** As given; each absent one is not asked for. */
export interface RequirementWords {
  readonly latency?: readonly string[] | undefined;
  readonly survive?: readonly string[] | undefined;
  readonly lose?: string | undefined;
  readonly order?: string | undefined;
  readonly stale?: string | undefined;
  readonly failed: string;
  readonly risk: string;
}

/** Known to all results, whoever has played what. */
export const usualParts = ['service', 'broker', 'network'] as const;

/** `knownParts`: what may be away in results and shipped scenarios; asked only for parts beyond the usual ones. Throws a BenchError (exit 2). */
export function readRequirements(words: RequirementWords, knownParts: () => readonly string[]): Requirements {
  const all = [
    ...(words.latency ?? []).map(latencyRequirement),
    ...partsIn(words.survive ?? [], knownParts),
    ...onlyWord(words.lose, 'lose', 'nothing', 'loses nothing'),
    ...onlyWord(words.order, 'order', 'per-key', 'order per key'),
    ...(words.stale === undefined ? [] : [staleRequirement(words.stale)]),
  ];
  if (all.length === 0) {
    throw wrong(
      'decide needs to know what matters',
      'For example: bench decide results/order-flow --latency 100ms --survive service,broker --lose nothing --order per-key --stale 1s',
    );
  }
  const [failedShare, riskShare] = [readShare('failed', words.failed), readShare('risk', words.risk)];
  if (failedShare >= 1)
    throw wrong(`--failed ${words.failed}: then nothing that fails matters`, 'For example: --failed 1%');
  if (riskShare <= 0 || riskShare >= 1)
    throw wrong(`--risk ${words.risk} is no share of outages between 0 and 100 %`, 'For example: --risk 20%');
  return { all, failedShare, riskShare };
}

/** `100ms`, `p90 100ms`, `delivered p99 2s`; `<`, `<=` and `≤` may stand before the time. */
function latencyRequirement(text: string): Requirement {
  const { metric, limit } = parts(text);
  const parsed = parseMetric(
    metric === '' ? 'p99' : /(^|\s)p[\d.]+$|(^|\s)(min|mean|max)$/.test(metric) ? metric : `${metric} p99`,
  );
  const percentile = parsed?.kind === 'latency' ? percentileNames.find((name) => name === parsed.figure) : undefined;
  if (parsed?.kind !== 'latency' || percentile === undefined) {
    throw wrong(
      `--latency "${text}": "${metric}" is no percentile of a latency`,
      'For example: --latency 100ms (p99), --latency "p90 100ms", --latency "delivered p99 2s"',
    );
  }
  const limitUs = readTime('latency', text, limit);
  const name = parsed.latency === 'offered' ? percentile : `${parsed.latency} ${percentile}`;
  return { kind: 'latency', wanted: `${name} ≤ ${limit}`, latency: parsed.latency, percentile, limitUs };
}

function staleRequirement(text: string): Requirement {
  const { metric, limit } = parts(text);
  const percentile = metric === '' ? 'p99' : percentileNames.find((name) => name === metric.replace('p99.9', 'p999'));
  if (percentile === undefined)
    throw wrong(`--stale "${text}": "${metric}" is no percentile`, 'For example: --stale 1s (p99), --stale "p90 1s"');
  return {
    kind: 'stale',
    wanted: `stale ${percentile} ≤ ${limit}`,
    percentile,
    limitUs: readTime('stale', text, limit),
  };
}

function parts(text: string): { metric: string; limit: string } {
  const [, metric = '', limit = ''] = /^\s*(.*?)\s*(?:<=?|≤|=)?\s*(\S*)\s*$/.exec(text) ?? [];
  return { metric, limit };
}

function readTime(option: string, whole: string, limit: string): number {
  const ms = quantityIn(`--${option} "${whole}"`, readQuantity('duration', limit));
  if (ms <= 0) throw wrong(`--${option} "${whole}": nothing takes no time`, `For example: --${option} 100ms`);
  return ms * 1e3;
}

function readShare(option: string, text: string): number {
  return quantityIn(`--${option}`, readQuantity('percentage', text));
}

function quantityIn(place: string, reading: QuantityReading): number {
  if (reading.ok) return reading.value;
  throw wrong(`${place}: ${reading.message}`, reading.suggestion ?? 'A number with its unit.');
}

function partsIn(survive: readonly string[], knownParts: () => readonly string[]): Requirement[] {
  const named = survive.flatMap((text) => text.split(',').map((one) => one.trim())).filter((one) => one !== '');
  const beyond = named.some((part) => !usualParts.some((one) => one === part)) ? knownParts() : [];
  const known = [...new Set([...usualParts, ...beyond])];
  return [...new Set(named)].map((part) => {
    if (known.includes(part)) return { kind: 'survive', wanted: `survives ${part}`, part };
    const meant = closestName(part, known);
    const all = `What may be away: ${known.join(', ')}.`;
    throw wrong(`--survive: there is no "${part}" here`, meant === null ? all : `Did you mean ${meant}? ${all}`);
  });
}

function onlyWord(text: string | undefined, kind: 'lose' | 'order', word: string, wanted: string): Requirement[] {
  if (text === undefined) return [];
  if (text === word) return [{ kind, wanted }];
  throw wrong(`--${kind}: there is no "${text}" here`, `Write --${kind} ${word}, or leave it out.`);
}

function wrong(message: string, hint: string): BenchError {
  return new BenchError('commandLine', message, { hint, exitCode: exitCodes.usage });
}
