/** The words of what clients and services make of each other's messages when only one of them has changed. */

export const schemaChanges = ['fieldAdded', 'fieldRemoved', 'fieldRenamed', 'fieldWidened', 'enumValueAdded'] as const;
export type SchemaChange = (typeof schemaChanges)[number];

export const messageFormatNames = ['json', 'jsonChecked', 'protobuf'] as const;
export type MessageFormatName = (typeof messageFormatNames)[number];

export const schemaSides = ['old', 'new'] as const;
/** Before or after a change. */
export type SchemaSide = (typeof schemaSides)[number];

export const readings = ['reads', 'defaults', 'refused', 'silentlyWrong'] as const;
/**
 * Of all that the reader's version has: *reads* it as it was said; *defaults* where the writer's version has no such thing;
 * *refused*: an error that somebody sees; *silently wrong*: it was said, nobody saw an error, and something else was read.
 */
export type Reading = (typeof readings)[number];
