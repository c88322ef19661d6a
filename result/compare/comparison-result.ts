/**
 * The words of `comparison.json`: what `bench compare` says of two or more results. Its shapes stand in `schema/`; importing
 * from here costs nothing at run time. Latencies are microseconds.
 */

/** What each rests on stands with `comparisonSchema`. */
export const comparisonMethods = ['interleaved', 'baselineNoise', 'stored'] as const;
export type ComparisonMethod = (typeof comparisonMethods)[number];

export const comparisonAnswers = ['better', 'worse', 'same', 'cannotTell'] as const;
export type ComparisonAnswer = (typeof comparisonAnswers)[number];

export type * from '../schema/comparison-schema.ts';
