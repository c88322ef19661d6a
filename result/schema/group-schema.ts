/** The account of a consumer group while members come and go. */
import { z } from 'zod';
import { count, type Immutable } from './fields.ts';

export const groupSchema = z
  .object({
    partitions: count.describe('That had anything to do.'),
    longestSilenceUs: count.describe(
      'Longest time in which records of one partition waited and none of them took effect: of the partition where it was longest.',
    ),
    shortestSilenceUs: count.describe(
      'The same of the partition where it was shortest: whether all of them stood still.',
    ),
    moves: count.describe('How often partitions were worked on by another process than before.'),
    waiting: count.describe('Acknowledged operations of which none took effect: of partitions that nobody has, say.'),
  })
  .meta({ id: 'Group', description: 'Of the measured load and the drain.' });

export type GroupResult = Immutable<z.infer<typeof groupSchema>>;
