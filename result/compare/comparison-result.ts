/**
 * The words of `comparison.json`: what `bench compare` says of two or more results. Its shapes stand in `schema/`; importing
 * from here costs nothing at run time. Latencies are microseconds.
 */

export type * from '../schema/comparison-schema.ts';
export * from './comparison-names.ts';
