/**
 * The words of `result.json`, one file for every command that measures, and the types of what is in it: the shapes
 * themselves stand in `schema/`. Importing from here costs nothing at run time: no schema is built.
 */
export * from './result-names.ts';
export type * from './schema/cache-schema.ts';
export type * from './schema/caller-schema.ts';
export type * from './schema/chain-schema.ts';
export type * from './schema/comparison-schema.ts';
export type * from './schema/course-schema.ts';
export type * from './schema/delivery-schema.ts';
export type * from './schema/evidence-schema.ts';
export type * from './schema/evolution-schema.ts';
export type { SettingValue } from './schema/fields.ts';
export type * from './schema/flow-schema.ts';
export type * from './schema/group-schema.ts';
export type * from './schema/latency-schema.ts';
export type * from './schema/outputs-schema.ts';
export type * from './schema/phase-schema.ts';
export type * from './schema/plan-schema.ts';
export type * from './schema/poison-schema.ts';
export type * from './schema/rebuild-schema.ts';
export type * from './schema/run-schema.ts';
export type * from './schema/search-schema.ts';
export type * from './schema/trial-schema.ts';
export type * from './schema/verdict-schema.ts';
export type * from './schema/version-schema.ts';
