/** A result as annotations: what failed, what is doubtful, and the answer. */
import type { RunResult } from '../../result/result-types.ts';
import { answer } from '../answer/answer.ts';
import { withoutProbes } from '../tables/capacity.ts';
import { formatThresholdActual } from '../text/format-threshold.ts';
import { type Annotation, annotationLines } from './annotations.ts';

export function renderGithub(whole: RunResult): string {
  const result = withoutProbes(whole);
  const name = result.run.scenario;
  const thresholds = result.thresholds.flatMap((one): Annotation[] => {
    if (one.status === 'pass') return [];
    const isFailed = one.status === 'fail';
    return [
      {
        level: 'error',
        title: `${name}: ${isFailed ? 'threshold failed' : 'threshold without data'}`,
        message: `${one.expression}${formatThresholdActual(one)}`,
      },
    ];
  });
  const verdicts = result.trials.flatMap(({ id, verdict }): Annotation[] => {
    if (verdict.status === 'valid') return [];
    const level = verdict.status === 'invalid' ? 'error' : 'warning';
    const message = verdict.reasons.map((reason) => `${reason.message} ${reason.remedy}`).join('\n');
    return [{ level, title: `${name}: ${id} is ${verdict.status}`, message }];
  });
  const warnings = result.warnings.map(({ code, message, remedy }): Annotation => {
    return { level: 'warning', title: `${name}: ${code}`, message: `${message} ${remedy}` };
  });
  const { sentences } = answer(result);
  const said = sentences.length === 0 ? 'No trial was finished.' : sentences.join(' ');
  const notice: Annotation = { level: 'notice', title: result.plan.question ?? name, message: said };
  return annotationLines([...thresholds, ...verdicts, ...warnings, notice]);
}
