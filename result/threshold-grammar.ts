/**
 * Thresholds: what must hold for the trials of a run.
 *
 *   threshold   = target metric operator value [ "in" place { [","] place } ]
 *   target      = "all" | <name of a target>
 *   metric      = [ operation ] ( latency | count | "errorRatio" | "degradedRatio" | "amplification" ) | "goodput" | ledger | flow | "bytesPerOperation"
 *               | "cpuPerOperation" (of generator, service and broker together)
 *               | "highestBacklog" (messages that waited in the broker) | "redelivered" (by the broker)
 *               | "balance" (of what each process of the service received: highest ÷ mean)
 *               | "serviceShare" (of the p50 of what is answered: the service's time by its evidence, or its CPU)
 *               | "gatewayAmplification" (requests that the instances took up ÷ attempts of the client)
 *               | "slowChains" | "slowChainsGap" (share of slow chains, and how far it is from the expected one)
 *               | "drainRate" (delivered a second while a backlog was worked off)
 *               | "generatorMemory" | "serviceMemory" (highest resident)
 *               | "requestsPerOperation" (to SQS, of clients and service together)
 *               | "longestSilence" | "shortestSilence" (of a partition of a consumer group) | "partitionMoves" (to another process)
 *               | "outputMissing" | "outputTwice" | "outputUncommitted" (of what a service writes because of what it takes)
 *               | "overcharged" (charges on the accounts beyond the first of each payment)
 *               | "publications" | "missed" (that subscribers were owed), of these "missedInGaps" and "missedOutsideGaps" | "twice" | "outOfOrder" (at subscribers)
 *               | "subscriptionGaps" | "subscriptionGap" (the longest) | "cpuPerDelivery" (of service and broker) | "bytesPerDelivery"
 *               | "deprecatedShare" (of all calls, those of operations that were told to be deprecated) | "toldDeprecated" (answers) | "retiredCalls"
 *               | "poisoned" (offered, and can't be read), of these "poisonTold" | "poisonDeadLettered" | "poisonDropped"
 *               | "poisonRetrying" | "poisonLooping" | "poisonBlocked" | "poisonWaiting" | "poisonUnaccounted"
 *               | "goodWaiting" | "goodLost" | "goodApplied" (a second) | "standStill" | "longestWait" (all others beside poison)
 *               | "replayed" (events a second) | "readyAfter" | "caughtUpAfter" | "liveP99" | "readsRefused" | "statesDiffer" (states folded anew from a log)
 *               | "hitRatio" (reads that a cache showed without asking) | "revalidations" (304) | "originShare" (reads that our service has on record ÷ offered)
 *               | "staleReads" | "staleIllegal" (older than max-age allows) | "stalest" (the oldest of them) | "readsBack" (of one client)
 *               | "ownUnread" (a client's own change) | "evicted" | "sameUnderNewTag" (tags that change alone)
 *   latency     = [ latencyName ] percentile
 *   latencyName = "offered" (left out: this one) | "response" | "service" | "connectionWait" | "sendLag"
 *               | "acknowledged" | "delivered" | "deliveredToAll" | "started" | "applied" | "settled" | "failed" | "timedOut"
 *   percentile  = "p50" | "p90" | "p99" | "p999" | "p99.9" | "min" | "mean" | "max"
 *   count       = "offered" | "ok" | "rejected" | "failed" | "timedOut" | "dropped" | "attempts"
 *               | "degraded" (not ok, and answered by the client's fallback) | "unanswered" (not ok, and the fallback had nothing)
 *   ledger      = "lost" | "stateLost" | "received" | "applied" | "unacknowledgedButApplied" | "duplicatesReceived"
 *               | "duplicatesApplied" | "reordered" | "corrupted" | "acceptedOnly" | "acceptedOnlyGone" | "pendingInBroker"
 *               | "deadLettered" | "refusedUnheard" | "admittedUnauthorised"
 *   flow        = "completed" | "compensated" | "refused" | "stuck" | "open" | "inconsistent" | "phantom"
 *               | "settledLate" (of flows of your own system)
 *   operator    = "<" | "<=" | ">" | ">=" | "==" | "!="
 *   value       = 100ms (latency) | 400/s (goodput, drainRate) | 1% (errorRatio, degradedRatio, slowChains, deprecatedShare, hitRatio, originShare, serviceShare) | 2KiB (bytesPerOperation, memory) | 0.5ms (cpuPerOperation) | 0 (count, ledger)
 *               | 1.5 (amplification: attempts an operation; balance, gatewayAmplification, requestsPerOperation)
 *   place       = <phase> | <condition>
 *   operation   = <name of an operation>, in quotes where it is a word as well
 *
 * Without a phase all measured ones count (never warm-up nor drain), without a condition all conditions.
 */
import { closestName } from './closest-name.ts';
import { flowStates } from './flow-states.ts';
import { isRareTime } from './patterns.ts';
import { type QuantityKind, readQuantity } from './quantity.ts';
import { latencyNames, phaseNames } from './result-types.ts';
import { isTrialFigure, type TrialFigure, trialFigureNames, trialFigureUnits } from './trial-figure.ts';

export const thresholdOperators = ['<', '<=', '>', '>=', '==', '!='] as const;
export type ThresholdOperator = (typeof thresholdOperators)[number];

/** A parsed threshold. */
export interface Threshold {
  readonly expression: string;
  /** Target name or `all`. */
  readonly target: string;
  /** Absent: all operations together. */
  readonly operation?: string;
  /** e.g. `p99` (of `offered`), `delivered p99`, `goodput`, `lost`, `errorRatio`. */
  readonly metric: string;
  readonly operator: ThresholdOperator;
  /** In the metric's unit: microseconds for latencies, a second for rates, a plain count or ratio otherwise. */
  readonly value: number;
  /** Not of the text: a trial in which it does not hold for so long is ended. */
  readonly stopAfterMs?: number;
  /** Phase and condition names it is limited to. */
  readonly within: readonly string[];
}

export const latencyFigures = ['p50', 'p90', 'p99', 'p999', 'min', 'mean', 'max'] as const;
export const countMetrics = ['offered', 'ok', 'rejected', 'failed', 'timedOut', 'dropped', 'attempts'] as const;
export const ledgerMetrics = [
  'lost',
  'stateLost',
  'received',
  'applied',
  'unacknowledgedButApplied',
  'duplicatesReceived',
  'duplicatesApplied',
  'reordered',
  'corrupted',
  'acceptedOnly',
  'acceptedOnlyGone',
  'pendingInBroker',
  'deadLettered',
  'refusedUnheard',
  'admittedUnauthorised',
] as const;

/** What became of flows. Operations may be called so, too: then they are quoted. */
export const flowMetrics = [...flowStates, 'phantom', 'settledLate'] as const;

const plainMetrics = ['errorRatio', 'degradedRatio', 'amplification', 'goodput'] as const;
/** Of operations that were not ok: what the client's fallback did about them. */
export const fallbackMetrics = ['degraded', 'unanswered'] as const;

/** A metric taken apart. `trial` metrics are known for a trial as a whole, not for a phase or an operation. */
export type Metric =
  | {
      readonly kind: 'latency';
      readonly latency: (typeof latencyNames)[number];
      readonly figure: (typeof latencyFigures)[number];
    }
  | { readonly kind: 'count'; readonly count: (typeof countMetrics)[number] }
  | { readonly kind: 'ledger'; readonly entry: (typeof ledgerMetrics)[number] }
  | { readonly kind: 'flow'; readonly entry: (typeof flowMetrics)[number] }
  | { readonly kind: 'fallback'; readonly count: (typeof fallbackMetrics)[number] }
  | { readonly kind: (typeof plainMetrics)[number] }
  | { readonly kind: 'trial'; readonly figure: TrialFigure };

const words: readonly string[] = [
  ...latencyFigures,
  'p99.9',
  ...latencyNames,
  ...countMetrics,
  ...ledgerMetrics,
  ...flowMetrics,
  ...fallbackMetrics,
  ...plainMetrics,
  ...trialFigureNames,
];

/** Words of the grammar: operations can't be called so, unless they are quoted. */
export function isThresholdWord(word: string): boolean {
  return word === 'all' || word === 'in' || words.includes(word);
}

/** A word that an operation may be called by, since it can be quoted. */
export function isQuotableWord(word: string): boolean {
  return isRareTime(word) || includes(flowMetrics, word) || includes(fallbackMetrics, word);
}

function includes<T extends string>(names: readonly T[], name: string | undefined): name is T {
  return (names as readonly (string | undefined)[]).includes(name);
}

/** Reads `p99`, `delivered p99`, `lost`, …; null when it is no metric. */
export function parseMetric(text: string): Metric | null {
  const [first, second, ...rest] = text.trim().split(/\s+/);
  if (first === undefined || rest.length > 0) return null;
  const figure = (second ?? first) === 'p99.9' ? 'p999' : (second ?? first);
  const latency = second === undefined ? 'offered' : first;
  if (includes(latencyFigures, figure) && includes(latencyNames, latency)) return { kind: 'latency', latency, figure };
  if (second !== undefined) return null;
  if (includes(countMetrics, first)) return { kind: 'count', count: first };
  if (includes(fallbackMetrics, first)) return { kind: 'fallback', count: first };
  if (includes(ledgerMetrics, first)) return { kind: 'ledger', entry: first };
  if (includes(flowMetrics, first)) return { kind: 'flow', entry: first };
  if (isTrialFigure(first)) return { kind: 'trial', figure: first };
  return includes(plainMetrics, first) ? { kind: first } : null;
}

export type ThresholdReading =
  | { readonly ok: true; readonly threshold: Threshold }
  /** `column` counts from 1 within the text. */
  | { readonly ok: false; readonly message: string; readonly column: number; readonly suggestion?: string };

interface Token {
  readonly text: string;
  /** In quotes: a name, no word. */
  readonly isQuoted?: boolean;
  readonly column: number;
}

class ThresholdSyntaxError extends Error {
  readonly token: Token;
  readonly suggestion: string | undefined;
  constructor(token: Token, message: string, suggestion?: string | null) {
    super(message);
    this.token = token;
    this.suggestion = suggestion ?? undefined;
  }
}

/** Reads one threshold; names of targets, operations and conditions are the caller's to check. */
export function parseThreshold(text: string): ThresholdReading {
  try {
    return { ok: true, threshold: readThreshold(text) };
  } catch (error) {
    if (!(error instanceof ThresholdSyntaxError)) throw error;
    const { message, suggestion, token } = error;
    return { ok: false, message, column: token.column, ...(suggestion === undefined ? {} : { suggestion }) };
  }
}

function readThreshold(text: string): Threshold {
  const tokens: readonly Token[] = [...text.matchAll(/[<>=!]+|,|"([^"\s]+)"|[^\s<>=!,]+/g)].map((match) => ({
    text: match[1] ?? match[0],
    column: match.index + 1,
    ...(match[1] !== undefined && { isQuoted: true }),
  }));
  const end: Token = { text: '', column: text.trimEnd().length + 1 };
  const operatorAt = tokens.findIndex((token) => /^[<>=!]/.test(token.text));
  const target = tokens[0];
  if (target === undefined) throw new ThresholdSyntaxError(end, 'is empty; write e.g. "rest p99 < 100ms in calm"');
  const operator = tokens[operatorAt];
  if (operator === undefined)
    throw new ThresholdSyntaxError(end, `has no comparison; use one of ${thresholdOperators.join(' ')}`);
  if (operatorAt === 0) throw new ThresholdSyntaxError(operator, 'begins with the name of a target, or all');
  if (!includes(thresholdOperators, operator.text)) {
    const meant = operator.text === '=' || operator.text === '===' ? 'did you mean ==?' : null;
    throw new ThresholdSyntaxError(operator, `"${operator.text}" is not one of ${thresholdOperators.join(' ')}`, meant);
  }
  const { operation, metric, metricText } = readMetric(tokens.slice(1, operatorAt), operator);
  const [value, ...rest] = tokens.slice(operatorAt + 1);
  if (value === undefined) throw new ThresholdSyntaxError(end, `has no value behind ${operator.text}`);
  // A space between number and unit is as good as none.
  const loneUnit =
    rest[0] !== undefined && rest[0].text !== 'in' && /^[\d.]+$/.test(value.text) ? rest.shift() : undefined;
  return {
    expression: text.trim(),
    target: target.text,
    ...(operation === undefined ? {} : { operation }),
    metric: metricText,
    operator: operator.text,
    value: readValue(metric, { ...value, text: value.text + (loneUnit?.text ?? '') }),
    within: readPlaces(rest, metric, metricText, end),
  };
}

function readMetric(
  tokens: readonly Token[],
  operator: Token,
): { operation?: string; metric: Metric; metricText: string } {
  const first = tokens[0];
  if (first === undefined)
    throw new ThresholdSyntaxError(operator, 'needs a metric between target and comparison, e.g. p99, goodput, lost');
  const canonical = (from: number) =>
    tokens
      .slice(from)
      .map(({ text }) => (text === 'p99.9' ? 'p999' : text))
      .join(' ');
  const whole = tokens.length <= 2 && first.isQuoted !== true ? parseMetric(canonical(0)) : null;
  if (whole !== null) return { metric: whole, metricText: canonical(0) };
  const inner =
    tokens.length >= 2 && tokens.length <= 3 && (first.isQuoted === true || !isThresholdWord(first.text))
      ? parseMetric(canonical(1))
      : null;
  if (inner !== null) {
    if (inner.kind === 'goodput' || isTrialMetric(inner)) {
      throw new ThresholdSyntaxError(
        first,
        `${canonical(1)} is known for all operations together only; leave out "${first.text}"`,
      );
    }
    return { operation: first.text, metric: inner, metricText: canonical(1) };
  }
  const unknown =
    tokens.find(({ text }, index) => !words.includes(text) && (index > 0 || tokens.length === 1)) ?? first;
  const meant = closestName(unknown.text, words);
  throw new ThresholdSyntaxError(
    unknown,
    `"${tokens.map(({ text }) => text).join(' ')}" is not a metric; use p50 p90 p99 p999 (also after delivered, acknowledged, …), errorRatio, degradedRatio, amplification, goodput, ${countMetrics.join(', ')}, ${fallbackMetrics.join(', ')}, ${ledgerMetrics.join(', ')}, ${flowMetrics.join(', ')}, ${trialFigureNames.slice(0, -1).join(', ')} or ${trialFigureNames.at(-1)}`,
    meant === null || meant === unknown.text ? null : `did you mean ${meant}?`,
  );
}

export function isTrialMetric(metric: Metric): boolean {
  return metric.kind === 'ledger' || metric.kind === 'flow' || metric.kind === 'trial';
}

const valueKinds = {
  latency: 'duration',
  goodput: 'rate',
  errorRatio: 'percentage',
  degradedRatio: 'percentage',
} as const satisfies Partial<Record<Metric['kind'], QuantityKind>>;

const countingKinds: readonly Metric['kind'][] = ['count', 'fallback', 'ledger', 'flow'];

function readValue(metric: Metric, token: Token): number {
  const unit = metric.kind === 'trial' ? trialFigureUnits[metric.figure] : null;
  if (countingKinds.includes(metric.kind) || unit === 'count') {
    if (/^\d+$/.test(token.text)) return Number(token.text);
    throw new ThresholdSyntaxError(token, `"${token.text}" is not a whole number; this metric counts operations`);
  }
  if (metric.kind === 'amplification' || unit === 'factor') {
    if (/^\d+(\.\d+)?$/.test(token.text)) return Number(token.text);
    const what = unit === 'factor' ? 'a ratio' : 'attempts an operation';
    throw new ThresholdSyntaxError(token, `"${token.text}" is not a number; this metric is ${what}, e.g. 1.5`);
  }
  const kind = unit ?? valueKinds[metric.kind as keyof typeof valueKinds];
  const reading = readQuantity(kind, token.text);
  if (!reading.ok) {
    const message = reading.message.startsWith('"') ? reading.message : `"${token.text}" ${reading.message}`;
    throw new ThresholdSyntaxError(token, message, reading.suggestion);
  }
  return kind === 'duration' ? Math.round(reading.value * 1e6) / 1e3 : reading.value;
}

function readPlaces(tokens: readonly Token[], metric: Metric, metricText: string, end: Token): string[] {
  const [keyword, ...places] = tokens;
  if (keyword === undefined) return [];
  if (keyword.text !== 'in') {
    throw new ThresholdSyntaxError(
      keyword,
      `"${keyword.text}" is not expected here; phases and conditions follow the word in`,
    );
  }
  const names = places.filter(({ text }) => text !== ',' && text !== 'and');
  if (names.length === 0) throw new ThresholdSyntaxError(end, 'names no phase or condition behind in');
  for (const name of names) {
    if (!/^[\w.-]+$/.test(name.text)) throw new ThresholdSyntaxError(name, `"${name.text}" is not expected here`);
    if (isTrialMetric(metric) && includes(phaseNames, name.text)) {
      throw new ThresholdSyntaxError(
        name,
        `${metricText} is counted over the whole trial; leave out the phase ${name.text}`,
      );
    }
  }
  return names.map(({ text }) => text);
}
