/** A column for each number of a shape: what is added to an account of a trial is in the table without a line here. */
import { z } from 'zod';
import type { TrialResult } from '../../result/result-types.ts';
import { latencySummarySchema } from '../../result/schema/latency-schema.ts';
import { type TrialFigure, trialFigures, trialFigureUnits } from '../../result/trial-figure.ts';
import { type CsvColumn, type CsvValue, csvHeading } from './csv-text.ts';

interface AccountShape {
  readonly shape: Readonly<Record<string, unknown>>;
}

/**
 * Numbers further within as well, headed by the names that lead there; lists and what is kept by names of the user’s are left
 * out. `elsewhere`: parts that have columns of their own, or none.
 */
export function accountColumns<Item>(
  names: readonly string[],
  { shape }: AccountShape,
  of: (item: Item) => unknown,
  elsewhere: readonly string[] = [],
): CsvColumn<Item>[] {
  return Object.entries(shape).flatMap(([name, part]): CsvColumn<Item>[] => {
    if (elsewhere.includes(name)) return [];
    const inner = whenKnown(part);
    const value = (item: Item) => partOf(of(item), name);
    if (inner instanceof z.ZodObject) {
      // A description makes a shape another object around the same parts.
      const isSummary = inner.shape === latencySummarySchema.shape;
      if (isSummary) return summaryColumns(csvHeading(...names, name.replace(/Us$/, '')), value);
      return accountColumns([...names, name], inner, value);
    }
    return inner instanceof z.ZodNumber ? [[csvHeading(...names, name), (item) => numberOf(value(item))]] : [];
  });
}

/** `applied` → `applied_count`, `applied_p50_us`, … */
export function summaryColumns<Item>(prefix: string, of: (item: Item) => unknown): CsvColumn<Item>[] {
  return Object.keys(latencySummarySchema.shape).map((figure) => [
    figure === 'count' ? `${prefix}_count` : `${prefix}_${figure}_us`,
    (item) => numberOf(partOf(of(item), figure)),
  ]);
}

const unitEndings = { duration: '_us', rate: '_per_second', size: '_bytes', count: '', percentage: '', factor: '' };

/** What is made of several numbers, or of a whole list, by its word in thresholds. */
export function figureColumns<Item extends { readonly trial: TrialResult }>(
  prefix: string,
  names: readonly TrialFigure[],
): CsvColumn<Item>[] {
  return names.map((name) => [
    csvHeading(prefix, name) + unitEndings[trialFigureUnits[name]],
    ({ trial }) => trialFigures[name](trial),
  ]);
}

/** The shape of what may be absent or null. */
function whenKnown(schema: unknown): unknown {
  const isUnsure = schema instanceof z.ZodOptional || schema instanceof z.ZodNullable;
  return isUnsure ? whenKnown(schema.unwrap()) : schema;
}

function partOf(whole: unknown, name: string): unknown {
  return typeof whole === 'object' && whole !== null ? (whole as Readonly<Record<string, unknown>>)[name] : undefined;
}

export function numberOf(value: unknown): CsvValue {
  return typeof value === 'number' ? value : null;
}
