/** Checks of the load against itself: rates, stages, recorded arrivals. */
import { leastSamplesBeyond, type PercentileName, percentileNames, quantileOf } from '../../result/latency-summary.ts';
import { ownValue } from '../../result/own-value.ts';
import { parseMetric, parseThreshold } from '../../result/threshold-grammar.ts';
import { largestRecordingBytes, NamedFileError } from '../named-file.ts';
import type { CheckContext } from './check-context.ts';
import { checkFile } from './check-file.ts';
import { checkThresholdNames } from './check-thresholds.ts';
import { profileOf, recordingOf } from './load-schema.ts';
import type { Path } from './problem.ts';
import type { ScenarioFile } from './scenario-schema.ts';

type ClosedFile = Extract<ScenarioFile['load'], { model: 'closed' }>;
type OpenFile = Extract<ScenarioFile['load'], { model: 'open' }>;

export function checkLoad(context: CheckContext): void {
  const { load } = context.file;
  if (load?.model === 'open') {
    if (typeof load.arrivals === 'string') checkRate(context, load);
    else checkRecording(context, load);
    checkSearch(context, load);
  } else if (load !== undefined) checkUsers(context, load);
}

function checkRecording({ directory, has, report }: CheckContext, load: OpenFile): void {
  for (const key of ['rate', 'stages', 'duration'] as const) {
    if (has(['load', key])) {
      report({ path: ['load', key], message: 'recorded arrivals say it themselves; leave it out, or the recording' });
    }
  }
  const recording = recordingOf(load, directory);
  if (recording === null) return;
  const path = ['load', 'arrivals', 'file'];
  if (!checkFile(directory, recording.file, path, report, { mostBytes: largestRecordingBytes })) return;
  try {
    profileOf(recording);
  } catch (error) {
    if (!(error instanceof NamedFileError)) throw error;
    report({ path, message: `"${recording.file}": ${error.message}` });
  }
}

function checkRate({ has, report }: CheckContext, { rate, stages }: OpenFile): void {
  if (stages === undefined) {
    if (rate === undefined && ![['rate'], ['stages'], ['arrivals', 'file']].some((path) => has(['load', ...path]))) {
      report({
        path: ['load'],
        message: 'an open model needs a rate, or stages',
        suggestion: 'e.g. rate: 500/s',
        atKey: true,
      });
    }
    return;
  }
  for (const key of ['rate', 'duration'] as const) {
    const message = key === 'rate' ? 'stages say the rate themselves' : 'the stages say how long they take';
    if (has(['load', key])) report({ path: ['load', key], message: `${message}; leave it out, or the stages` });
  }
  stages.forEach((stage, index) => {
    const path = ['load', 'stages', index];
    const isStep = stage.rate !== undefined;
    const isRamp = stage.from !== undefined || stage.to !== undefined;
    if (isStep && isRamp) report({ path, message: 'is a step (rate) or a ramp (from, to), not both' });
    else if (!isStep && stage.to === undefined) report({ path, message: 'needs a rate, or the rate it leads to (to)' });
    else if (index === 0 && !isStep && stage.from === undefined) {
      report({ path, message: 'the first ramp has nothing before it: say from which rate (from)' });
    }
  });
  if (stages.every(({ rate: step = 0, from = 0, to = 0 }) => Math.max(step, from, to) === 0)) {
    report({ path: ['load', 'stages'], message: 'never rise above nothing' });
  }
}

function checkUsers({ has, report }: CheckContext, { users, stages }: ClosedFile): void {
  if (stages === undefined) {
    if (users === undefined && !has(['load', 'users']) && !has(['load', 'stages'])) {
      report({
        path: ['load'],
        message: 'a closed model needs users, or stages',
        suggestion: 'e.g. users: 50',
        atKey: true,
      });
    }
    return;
  }
  for (const key of ['users', 'duration'] as const) {
    const message = key === 'users' ? 'stages say how many users themselves' : 'the stages say how long they take';
    if (has(['load', key])) report({ path: ['load', key], message: `${message}; leave it out, or the stages` });
  }
  stages.forEach((stage, index) => {
    const path = ['load', 'stages', index];
    const isStep = stage.users !== undefined;
    const isRamp = stage.from !== undefined || stage.to !== undefined;
    if (isStep && isRamp) report({ path, message: 'is a step (users) or a ramp (from, to), not both' });
    else if (!isStep && stage.to === undefined) report({ path, message: 'needs users, or how many it leads to (to)' });
    else if (index === 0 && !isStep && stage.from === undefined) {
      report({ path, message: 'the first ramp has nothing before it: say from how many users (from)' });
    }
  });
  if (stages.every(({ users: step = 0, from = 0, to = 0 }) => Math.max(step, from, to) === 0)) {
    report({ path: ['load', 'stages'], message: 'never have a user' });
  }
}

function checkSearch(context: CheckContext, { rate, search, duration }: OpenFile): void {
  const { has, report } = context;
  if (rate !== 'max') {
    const message = 'is for rate: max; without it the rate is given';
    if (rate !== undefined && has(['load', 'search'])) report({ path: ['load', 'search'], message, atKey: true });
    return;
  }
  if (search === undefined) {
    if (has(['load', 'search'])) return;
    const message = 'max needs search, with what is to hold at the rate';
    report({ path: ['load', 'rate'], message, suggestion: 'e.g. search: { slo: ["p99 < 50ms"] }' });
    return;
  }
  if ((context.file.repeats ?? 1) > 1) {
    report({ path: ['repeats'], message: 'is for a given rate; the search for the highest one repeats by itself' });
  }
  const { from, to, slo } = search;
  if (from >= to) report({ path: ['load', 'search', 'to'], message: `must be above from (${from}/s)` });
  for (const [index, text] of slo.entries()) {
    checkObjective(context, text, ['load', 'search', 'slo', index], from * (duration / 1e3));
  }
}

/** `operations`: of the trial at the lowest rate; a percentile that takes more would miss its objective for nothing. */
function checkObjective(context: CheckContext, text: string, path: Path, operations: number): void {
  const prefix = 'all ';
  const reading = parseThreshold(`${prefix}${text}`);
  if (!reading.ok) {
    const { message, suggestion, column } = reading;
    context.report({ path, message, suggestion, offset: Math.max(0, column - 1 - prefix.length) });
    return;
  }
  const { threshold } = reading;
  checkThresholdNames(context, text, threshold, path);
  const metric = parseMetric(threshold.metric);
  if (metric?.kind !== 'latency' || !includesPercentile(metric.figure)) return;
  const { workload } = context.file;
  const weights = Object.values(workload?.operations ?? {}).map(({ weight }) => weight);
  const own = threshold.operation === undefined ? null : ownValue(workload?.operations, threshold.operation)?.weight;
  const share = own === null || own === undefined ? 1 : own / weights.reduce((sum, weight) => sum + weight, 0);
  const needed = Math.round(leastSamplesBeyond / (1 - quantileOf(metric.figure)));
  if (operations * share >= needed * 1.2) return;
  context.report({
    path,
    message: `at the lowest rate a trial has about ${Math.round(operations * share)} of the ${needed} operations that ${metric.figure} takes; search from a higher rate, or longer`,
  });
}

function includesPercentile(figure: string): figure is PercentileName {
  return (percentileNames as readonly string[]).includes(figure);
}
