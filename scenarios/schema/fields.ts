/** Building blocks of the scenario's definition: objects that know their keys, quantities with units, names. */
import { z } from 'zod';
import {
  needsUnit,
  type QuantityKind,
  quantityExamples,
  quantityPattern,
  readQuantity,
} from '../../result/quantity.ts';

/** An object without unknown keys. The issue's text carries the known ones, since zod's issue does not. */
export function object<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : undefined),
  });
}

interface Bounds {
  /** As text with a unit. */
  readonly least?: string;
  readonly most?: string;
}

/** Text with a unit; the output is in milliseconds, bytes, a second, or a ratio. */
export function quantity(kind: QuantityKind, bounds: Bounds = {}) {
  return z
    .string({ error: ({ input }) => (typeof input === 'number' ? needsUnit(kind).message : undefined) })
    .meta({ pattern: quantityPattern(kind), examples: [quantityExamples[kind]] })
    .transform((text, context): number => {
      const reading = readQuantity(kind, text);
      const problem = reading.ok ? outOfBounds(kind, reading.value, bounds) : reading;
      if (problem === null && reading.ok) return reading.value;
      const { message, suggestion } = problem ?? { message: 'cannot be read', suggestion: undefined };
      context.issues.push({ code: 'custom', message, input: text, params: { suggestion } });
      return z.NEVER;
    });
}

function outOfBounds(kind: QuantityKind, value: number, { least, most }: Bounds) {
  const bound = (text: string) => {
    const reading = readQuantity(kind, text);
    return reading.ok ? reading.value : Number.NaN;
  };
  if (least !== undefined && value < bound(least))
    return { message: `must be at least ${least}`, suggestion: undefined };
  if (most !== undefined && value > bound(most)) return { message: `must be at most ${most}`, suggestion: undefined };
  return null;
}

const longestLoad = '24h';
export const duration = (least = '0ms', most = longestLoad) => quantity('duration', { least, most });

/** A time within the load: a duration, or a share of `load.duration`. */
export type LoadTime = { readonly ms: number } | { readonly share: number };

/** Milliseconds: after the end of warm-up, or of length. */
export function loadTimeMs(time: LoadTime, durationMs: number): number {
  return 'ms' in time ? time.ms : time.share * durationMs;
}

export function loadTime() {
  return z
    .string({ error: ({ input }) => (typeof input === 'number' ? 'needs a unit, e.g. 5s or 33%' : undefined) })
    .meta({ pattern: `${quantityPattern('duration')}|${quantityPattern('percentage')}`, examples: ['5s', '33%'] })
    .transform((text, context): LoadTime => {
      const isShare = text.trimEnd().endsWith('%');
      const reading = readQuantity(isShare ? 'percentage' : 'duration', text);
      if (reading.ok && !(isShare && reading.value > 1))
        return isShare ? { share: reading.value } : { ms: reading.value };
      const message = reading.ok ? 'must be at most 100%' : reading.message;
      const suggestion = reading.ok ? undefined : reading.suggestion;
      context.issues.push({ code: 'custom', message, input: text, params: { suggestion } });
      return z.NEVER;
    });
}

export function wholeNumber(least: number, most: number) {
  return z.int().min(least).max(most);
}

/** Names of targets, conditions, operations, payloads: they stand in thresholds, file names and tables. */
export const entryName = z.string().regex(/^[A-Za-z][\w-]{0,63}$/, {
  error: 'a name begins with a letter, followed by letters, digits, - or _ (64 at most)',
});

/** At least one entry, unless `empty` is allowed. */
export function named<Value extends z.core.SomeType>(value: Value, options: { readonly empty?: boolean } = {}) {
  const record = z.record(entryName, value);
  if (options.empty) return record;
  return record.refine((entries) => Object.keys(entries).length > 0, { error: 'needs at least one entry' });
}

/** Single-line text without control characters. */
export const lineText = z
  .string()
  .refine((line) => !/\p{Cc}/u.test(line), { error: 'must be one line without control characters' });

/** A user, a password, a token. */
export const credential = z.string().min(1).max(65_535);
