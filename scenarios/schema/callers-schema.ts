/** `callers` of a workload: who sends its operations, by share. */
import { z } from 'zod';
import { type Caller, callerHoldings } from '../callers.ts';
import { named, object, quantity } from './fields.ts';

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

export function resolveCallers(written: FileCallers | undefined): { readonly callers?: Record<string, Caller> } {
  if (written === undefined) return {};
  const { sum, open } = sharesOf(written);
  const rest = open === 0 ? 0 : Math.max(0, 1 - sum) / open;
  const callers = Object.entries(written).map(([name, { share = rest, holds }]) => [name, { share, holds }] as const);
  return { callers: Object.fromEntries(callers) };
}

/** `open`: how many say nothing. */
export function sharesOf(callers: FileCallers): { readonly sum: number; readonly open: number } {
  const shares = Object.values(callers).map(({ share }) => share);
  return {
    sum: shares.reduce((total: number, share) => total + (share ?? 0), 0),
    open: shares.filter((share) => share === undefined).length,
  };
}
