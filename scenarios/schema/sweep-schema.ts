/** Settings to be tried out: which, with which values, and in which combinations. */
import { z } from 'zod';
import type { SettingValue } from '../../result/result-types.ts';
import { entryName, object, wholeNumber } from './fields.ts';

const mostVariants = 500;

const setting = z.string().regex(/^[A-Za-z][\w]*(\.[A-Za-z][\w]*)*$/, {
  error: 'must be the path of a setting within a target, e.g. linger or retry.attempts',
});
const value = z.union([z.string(), z.number(), z.boolean()], {
  error: 'expected a value: text, a number, true or false',
});
const bound = z.union([z.string(), z.number()], { error: 'expected a number, or one with its unit such as 5ms' });

const range = object({
  from: bound.describe('First value.'),
  to: bound.describe('No value is above it.'),
  step: bound.optional().describe('Added each time; left out: factor.'),
  factor: z.number().gt(1).max(1000).optional().describe('Multiplied by each time; left out: step.'),
});

const assignment = z.record(setting, value);

const oneSweep = object({
  targets: z.array(entryName).min(1).optional().describe('Targets that are swept. Default: all.'),
  grid: z
    .record(
      setting.describe('Path within a target.'),
      z.union([z.array(value).min(1).max(100), range], {
        error: 'expected a list of values, or { from, to, step or factor }',
      }),
    )
    .optional()
    .describe('Setting → its values: all combinations are run. Left out: list.'),
  list: z
    .array(assignment)
    .min(1)
    .max(mostVariants)
    .optional()
    .describe('Each entry is one assignment of settings. Left out: grid.'),
  skip: z.array(assignment).default([]).describe('Combinations that are left out: those with all of these values.'),
  limit: wholeNumber(1, mostVariants).default(mostVariants).describe('More combinations than this are an error.'),
});

/** A list of them: each for targets of its own, since a setting or its values may be one protocol’s alone. */
export const sweepSchema = z.union([oneSweep, z.array(oneSweep).min(1).max(10)], {
  error: 'expected a sweep, or a list of them',
});

export type SweepFile = z.output<typeof oneSweep>;
export type Assignment = Readonly<Record<string, SettingValue>>;

/** The assignments of a sweep in their order; a text for what is wrong with a range. */
export function expandSweep({
  grid,
  list,
  skip,
}: SweepFile): readonly Assignment[] | { readonly key: string; readonly message: string } {
  const all: Assignment[] = [...(list ?? [])];
  if (grid !== undefined) {
    let combinations: Assignment[] = [{}];
    for (const [key, written] of Object.entries(grid)) {
      const values = Array.isArray(written) ? written : valuesOf(written);
      if (typeof values === 'string') return { key, message: values };
      if (combinations.length * values.length > mostVariants * 20)
        return { key, message: 'makes far too many combinations' };
      combinations = combinations.flatMap((one) => values.map((each) => ({ ...one, [key]: each })));
    }
    all.push(...combinations);
  }
  return all.filter((one) => !skip.some((left) => Object.entries(left).every(([key, each]) => one[key] === each)));
}

interface Range {
  readonly from: string | number;
  readonly to: string | number;
  readonly step?: string | number | undefined;
  readonly factor?: number | undefined;
}

const mostValues = 100;

function valuesOf({ from, to, step, factor }: Range): SettingValue[] | string {
  if ((step === undefined) === (factor === undefined)) return 'needs either step or factor';
  const [first, last, by] = [from, to, step ?? factor ?? 0].map(numberOf);
  if (first === undefined || last === undefined || by === undefined) return 'has a bound that is no number with a unit';
  if (first.unit !== last.unit || (step !== undefined && by.unit !== first.unit))
    return 'must have one unit in from, to and step';
  if (last.amount < first.amount) return 'ends before it begins';
  if (by.amount <= 0 || (factor !== undefined && first.amount <= 0)) return 'would never end';
  const values: SettingValue[] = [];
  for (
    let amount = first.amount;
    amount <= last.amount * (1 + 1e-9);
    amount = factor === undefined ? amount + by.amount : amount * by.amount
  ) {
    if (values.length >= mostValues) return `has more than ${mostValues} values`;
    const rounded = Number(amount.toPrecision(12));
    values.push(first.unit === '' ? rounded : `${rounded}${first.unit}`);
  }
  return values;
}

function numberOf(written: string | number): { readonly amount: number; readonly unit: string } | undefined {
  if (typeof written === 'number') return { amount: written, unit: '' };
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*([^\d\s].*)?$/.exec(written.trim()) ?? [];
  return amount === undefined ? undefined : { amount: Number(amount), unit };
}
