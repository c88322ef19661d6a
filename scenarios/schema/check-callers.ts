/** What `callers` may be called, what their shares come to, and of which targets they can be. */
import { isThresholdWord } from '../../result/threshold-grammar.ts';
import { authOf } from '../callers.ts';
import { sharesOf } from './callers-schema.ts';
import type { CheckContext, FileTarget } from './check-context.ts';
import type { Path } from './problem.ts';

/** Shares are of ratios that were written as percentages. */
const tolerance = 1e-9;

/** Together they send everything. */
export function checkCallers({ file, operationNames, report }: CheckContext): void {
  const callers = file.workload?.callers;
  if (callers === undefined) return;
  for (const name of Object.keys(callers)) {
    const path = ['workload', 'callers', name];
    if (isThresholdWord(name))
      report({ path, message: 'is a word of the thresholds; call the caller otherwise', atKey: true });
    else if (operationNames.includes(name))
      report({ path, message: 'is an operation, too; thresholds could not tell them apart', atKey: true });
  }
  const { sum, open } = sharesOf(callers);
  const whole = Math.abs(sum - 1) < tolerance;
  if (open === 0 ? whole : sum < 1 - tolerance) return;
  const come = `shares come to ${Math.round(sum * 1e4) / 100}%`;
  const message = open === 0 ? `${come}; together they must be 100%` : `${come}, which leaves nothing for the others`;
  report({ path: ['workload', 'callers'], message, atKey: true });
}

/** Each of them asks by itself, with what it has; an own system's callers are what its requests say. */
export function checkCalled({ file, report }: CheckContext, target: FileTarget, path: Path): void {
  const isAsked = target.address === undefined && authOf(target) !== 'none';
  const limits = 'gateway' in target && target.gateway?.rateLimit?.by === 'caller';
  if (target.address !== undefined && file.workload?.callers !== undefined) {
    const message = 'is of an own system, whose requests say who is calling: workload.callers are of our own services';
    report({ path: [...path, 'address'], message });
  }
  if (limits && !isAsked && file.workload?.callers === undefined) {
    const message = 'is by caller, and nobody says who is calling: name them in workload.callers, or limit by: all';
    report({ path: [...path, 'gateway', 'rateLimit', 'by'], message });
  }
  if (file.workload?.callers !== undefined && keepsAnswers(target)) {
    const message =
      'of clients would show one caller what another was answered; leave out workload.callers, or cache at: gateway';
    report({ path: [...path, 'cache'], message, atKey: true });
  }
  if (!isAsked && !limits) return;
  const values: Readonly<Record<string, unknown>> = target;
  for (const [key, value, why] of carriedTogether) {
    if (values[key] === undefined || (value !== null && values[key] !== value)) continue;
    const message = `${why}, and each caller has to ask by itself`;
    report({ path: [...path, key], message, atKey: true });
  }
}

function keepsAnswers(target: FileTarget): boolean {
  const cache = 'cache' in target ? target.cache : undefined;
  return cache !== undefined && cache.at === 'client' && cache.kind !== 'none';
}

/** Settings by which requests of several callers would travel as one. `value` null: any. */
const carriedTogether = [
  ['batch', null, 'puts several operations into one request'],
  ['calls', 'stream', 'sends all operations on one stream'],
  ['client', 'ws', 'has connections for all'],
] as const;
