/** Thresholds and the primary figure: their grammar, and that what they name is there. */
import { closestName } from '../../result/closest-name.ts';
import { ownValue } from '../../result/own-value.ts';
import { laterTimes, patternNames, patterns } from '../../result/patterns.ts';
import { isPhase, type PhaseName, phaseNames } from '../../result/result-types.ts';
import { parseMetric, parseThreshold, type Threshold } from '../../result/threshold-grammar.ts';
import { satOut } from '../places.ts';
import { type CheckContext, suggestionFor } from './check-context.ts';
import type { Path } from './problem.ts';
import { clusteredBrokers } from './stack-schema.ts';

export function checkThresholds(context: CheckContext): void {
  context.file.thresholds?.forEach((written, index) => {
    const isPlain = typeof written === 'string';
    const text = isPlain ? written : written.check;
    const at = ['thresholds', context.originalIndex(['thresholds'], index)];
    const path = isPlain ? at : [...at, 'check'];
    const reading = parseThreshold(text);
    if (reading.ok) {
      checkThresholdNames(context, text, reading.threshold, path);
      if (!isPlain) checkStop(context, reading.threshold, path);
    }
    if (!reading.ok)
      context.report({ path, message: reading.message, suggestion: reading.suggestion, offset: reading.column - 1 });
  });
}

/** While a trial runs no more is known than how much of it was not ok. */
function checkStop({ report }: CheckContext, { metric, operation, within }: Threshold, path: Path): void {
  if (metric === 'errorRatio' && operation === undefined && !within.some(isPhase)) return;
  const message = 'beside stopAfter is an errorRatio of all operations, without a phase';
  report({ path, message, suggestion: 'e.g. "all errorRatio < 10%"' });
}

/** Targets, operations, conditions and phases that a threshold names; `text` is as written. */
export function checkThresholdNames(context: CheckContext, text: string, threshold: Threshold, path: Path): void {
  const { target, operation, within } = threshold;
  const unknown = (kind: string, name: string, known: readonly string[]) => {
    const suggestion = suggestionFor(closestName(name, known), known);
    context.report({ path, message: `there is no ${kind} "${name}"`, suggestion, offset: wordAt(text, name) });
  };
  const targets = ['all', ...context.namesOf('targets')];
  if (!targets.includes(target)) unknown('target', target, targets);
  const callers = Object.keys(context.file.workload?.callers ?? {});
  if (operation !== undefined && callers.includes(operation)) checkCallerMetric(context, threshold, text, path);
  else if (operation !== undefined && !context.operationNames.includes(operation)) {
    unknown(callers.length === 0 ? 'operation' : 'operation or caller', operation, [
      ...context.operationNames,
      ...callers,
    ]);
  }
  const conditions = context.namesOf('conditions');
  for (const name of within) {
    if (isPhase(name) || conditions.includes(name)) continue;
    unknown('phase or condition', name, [...conditions, ...phaseNames]);
  }
  const named = within.filter((name) => conditions.includes(name));
  for (const phase of within.filter(isPhase)) {
    const among = named.length > 0 ? named : conditions;
    if (among.some((condition) => phasesOf(context, condition).includes(phase))) continue;
    const message = `${named.length > 0 ? named.join(', ') : 'no condition'} has ${named.length > 0 ? 'no' : 'a'} phase ${phase}`;
    context.report({ path, message, offset: wordAt(text, phase, text.lastIndexOf(' in ')) });
  }
  if (named.length > 0) checkPlayed(context, threshold, named, path);
  checkLaterTime(context, threshold, path, text);
  if (threshold.metric === 'admittedUnauthorised' && !context.has(['workload', 'callers'])) {
    const message = 'is of workload.callers, of whom some are to be refused; there are none';
    context.report({ path, message, offset: wordAt(text, threshold.metric) });
  }
}

/** What is known of each caller: counts, over all measured phases. */
function checkCallerMetric(
  { report }: CheckContext,
  { metric, operation = '', within }: Threshold,
  text: string,
  path: Path,
): void {
  const kind = parseMetric(metric)?.kind;
  const phase = within.find(isPhase);
  const offset = wordAt(text, operation);
  if (kind !== 'count' && kind !== 'errorRatio') {
    report({ path, message: `of a caller there are counts and errorRatio, no ${metric}`, offset });
  } else if (phase !== undefined) {
    report({ path, message: `a caller is counted over the whole trial; leave out the phase ${phase}`, offset });
  }
}

/** A target that sits out all the conditions that are named has no trial to be held against. */
function checkPlayed(
  { file, report }: CheckContext,
  { target }: Threshold,
  named: readonly string[],
  path: Path,
): void {
  const { targets, conditions } = file;
  if (targets === undefined || conditions === undefined) return;
  const out = satOut({ targets, conditions, brokers: clusteredBrokers(file.stack) }).filter(
    (one) => one.target === target && named.includes(one.condition),
  );
  if (named.some((condition) => !out.some((one) => one.condition === condition))) return;
  const message = out.map(({ condition, lacks }) => `${target} sits out ${condition}: it has ${lacks}`).join('; ');
  report({ path, message });
}

/** Of all operations together there are only the later times that they are judged by. */
function checkLaterTime({ file, report }: CheckContext, threshold: Threshold, path: Path, text: string): void {
  const time = laterTimes.find((name) => threshold.metric.startsWith(`${name} `));
  const operations = Object.entries(file.workload?.operations ?? {});
  if (time === undefined || threshold.operation !== undefined || operations.length === 0) return;
  if (operations.some(([, { pattern }]) => patterns[pattern].judgedBy.includes(time))) return;
  const judged = patternNames.filter((name) => patterns[name].judgedBy.includes(time)).join(' or ');
  const message = `no operation is ${judged}, so ${time} is not a time of them all; name the operation that is meant`;
  report({ path, message, offset: wordAt(text, time) });
}

function wordAt(text: string, word: string, from = 0): number {
  const words = [...text.matchAll(/[^\s<>=!,]+/g)];
  return words.find((match) => match[0] === word && match.index >= from)?.index ?? 0;
}

/** The phases that trials of this condition have. */
function phasesOf({ file }: CheckContext, condition: string): readonly PhaseName[] {
  const windows = ownValue(file.conditions, condition);
  if (windows === undefined) return phaseNames; // faulty itself
  return windows.length === 0 ? ['warmup', 'steady', 'drain'] : ['warmup', 'before', 'during', 'after', 'drain'];
}

export function checkPrimary(context: CheckContext): void {
  const { primary } = context.file;
  if (primary === undefined) return;
  const path = ['primary'];
  const unknown = (key: string, kind: string, name: string, known: readonly string[]) => {
    const suggestion = suggestionFor(closestName(name, known), known);
    context.report({ path: [...path, key], message: `there is no ${kind} "${name}"`, suggestion });
  };
  const { operation, metric, condition, phase } = primary;
  if (!context.operationNames.includes(operation)) unknown('operation', 'operation', operation, context.operationNames);
  const conditions = context.namesOf('conditions');
  if (!conditions.includes(condition)) unknown('condition', 'condition', condition, conditions);
  else if (phase !== undefined && !phasesOf(context, condition).includes(phase)) {
    context.report({
      path: [...path, 'phase'],
      message: `${condition} has no phase ${phase}`,
      suggestion: suggestionFor(null, phasesOf(context, condition)),
    });
  }
  const parsed = parseMetric(metric);
  if (parsed === null || parsed.kind !== 'latency') {
    context.report({
      path: [...path, 'metric'],
      message: `"${metric}" is not a latency with its percentile, e.g. delivered p99`,
    });
  }
}
