/** `callers` of a workload: who sends its operations, by share. */
import { z } from 'zod';
import { isThresholdWord } from '../../result/threshold-grammar.ts';
import { authOf, type Caller, callerHoldings } from '../callers.ts';
import type { CheckContext, FileTarget } from './check-context.ts';
import { named, object, quantity } from './fields.ts';
import type { Path } from './problem.ts';

const caller = object({
  share: quantity('percentage', { least: '0.01%', most: '100%' })
    .optional()
    .describe('Of all operations. Left out: what the others leave, in equal parts.'),
  holds: z
    .enum(callerHoldings)
    .default('valid')
    .describe(
      'What it shows where a target asks for credentials: its own, none, those of another service, some that are over or not valid yet, or some signed by somebody else.',
    ),
});

export const callersSchema = named(caller)
  .optional()
  .describe(
    'Who sends the operations, drawn by the number of each, so that an order has the same caller behind every target. A refusal of who is to be refused is left out of errorRatio and goodput.',
  );

type FileCallers = NonNullable<z.output<typeof callersSchema>>;

/** Shares are of ratios that were written as percentages. */
const tolerance = 1e-9;

export function resolveCallers(written: FileCallers | undefined): { readonly callers?: Record<string, Caller> } {
  if (written === undefined) return {};
  const { sum, open } = sharesOf(written);
  const rest = open === 0 ? 0 : Math.max(0, 1 - sum) / open;
  const callers = Object.entries(written).map(([name, { share = rest, holds }]) => [name, { share, holds }] as const);
  return { callers: Object.fromEntries(callers) };
}

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
  if (!isAsked && !limits) return;
  const values: Readonly<Record<string, unknown>> = target;
  for (const [key, value, why] of carriedTogether) {
    if (values[key] === undefined || (value !== null && values[key] !== value)) continue;
    const message = `${why}, and each caller has to ask by itself`;
    report({ path: [...path, key], message, atKey: true });
  }
}

/** Settings by which requests of several callers would travel as one. `value` null: any. */
const carriedTogether = [
  ['batch', null, 'puts several operations into one request'],
  ['calls', 'stream', 'sends all operations on one stream'],
  ['client', 'ws', 'has connections for all'],
] as const;

/** `open`: how many say nothing. */
function sharesOf(callers: FileCallers): { readonly sum: number; readonly open: number } {
  const shares = Object.values(callers).map(({ share }) => share);
  return {
    sum: shares.reduce((total: number, share) => total + (share ?? 0), 0),
    open: shares.filter((share) => share === undefined).length,
  };
}
