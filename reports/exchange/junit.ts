/** A result as test cases: each threshold, and each trial by its verdict. */
import type { RunResult, ThresholdResult, TrialResult } from '../../result/result-types.ts';
import { answer } from '../answer/answer.ts';
import { withoutProbes } from '../tables/capacity.ts';
import { formatThresholdActual } from '../text/format-threshold.ts';
import { type JunitCase, junitXml } from './junit-xml.ts';

export function renderJunit(whole: RunResult): string {
  const result = withoutProbes(whole);
  const { run, environment, trials, thresholds, status } = result;
  const doubts = trials.flatMap(({ id, verdict }) =>
    verdict.status === 'suspect'
      ? [`${id} is suspect: ${verdict.reasons.map(({ message }) => message).join(' ')}`]
      : [],
  );
  return junitXml([
    {
      name: run.scenario,
      startedAt: run.startedAt,
      seconds: run.finishedAt === null ? 0 : (Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1e3,
      properties: {
        run: run.id,
        status,
        seed: String(run.seed),
        cpu: environment.cpu,
        os: environment.os,
        commit: environment.gitCommit ?? '',
      },
      cases: [
        ...thresholds.map((one) => thresholdCase(one, run.scenario)),
        ...trials.map((trial) => trialCase(trial, run.scenario)),
      ],
      output: [...answer(result).sentences, ...doubts],
    },
  ]);
}

function thresholdCase(one: ThresholdResult, scenario: string): JunitCase {
  const { expression, status } = one;
  const text = `${expression}${formatThresholdActual(one)}`;
  const trouble =
    status === 'pass'
      ? null
      : status === 'fail'
        ? ({ kind: 'failure', type: 'threshold', text } as const)
        : ({ kind: 'error', type: 'noData', text: `${text}: no data to judge it by` } as const);
  return { group: `${scenario}.thresholds`, name: expression, seconds: 0, trouble };
}

/** A suspect trial passes: it is doubtful, not wrong; the suite's output names it. */
function trialCase({ id, verdict, phases }: TrialResult, scenario: string): JunitCase {
  const seconds = Object.values(phases).reduce((sum, phase) => sum + (phase?.durationMs ?? 0), 0) / 1e3;
  const text = verdict.reasons.map(({ message, remedy }) => `${message} ${remedy}`).join('\n');
  const trouble = verdict.status === 'invalid' ? ({ kind: 'error', type: 'invalid', text } as const) : null;
  return { group: `${scenario}.trials`, name: id, seconds, trouble };
}
