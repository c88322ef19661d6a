/** The account of what a service writes because of what it takes: consume, transform, produce. */
import { z } from 'zod';
import { count, type Immutable } from './fields.ts';

export const outputsSchema = z
  .object({
    due: count.describe('Operations that were acknowledged as handed over: each should have one record.'),
    once: count.describe('… of which there is one that a read-committed reader is given.'),
    twice: count.describe('… of which there are several.'),
    missing: count.describe('… of which there is none.'),
    unacknowledged: count.describe('Operations of which there is one, though their client was told nothing.'),
    extra: count.describe('Committed records beyond the first of each operation.'),
    uncommitted: count.describe(
      'Records that were written and never committed: a reader that does not ask is given them.',
    ),
  })
  .meta({ id: 'Outputs', description: 'Warm-up included: once, twice and missing add up to due.' });

export type OutputsResult = Immutable<z.infer<typeof outputsSchema>>;
