/** What clients and services of two versions made of each other's messages. */
import { z } from 'zod';
import { messageFormatNames, readings, schemaChanges, schemaSides } from '../evolution-names.ts';
import { type Immutable, text } from './fields.ts';

export const evolutionCellSchema = z
  .object({
    change: z.enum(schemaChanges),
    format: z.enum(messageFormatNames),
    wire: text.describe('A protocol, or the broker behind it.'),
    client: z.enum(schemaSides).describe('Its version; the service is of the other.'),
    request: z.enum(readings).describe('What the service made of it.'),
    answer: z.enum(readings).nullable().describe('What the client made of it. null: there was none.'),
  })
  .meta({ id: 'EvolutionCell', description: 'One client of one version with one service of the other.' });

export const evolutionSchema = z
  .object({
    durationMs: z.number().describe('Of all cells, before the first trial.'),
    wires: z.array(
      z.object({
        wire: text,
        carriedBy: text.describe('Libraries of service and client.'),
        readBy: z.record(text, text).describe('Libraries of the messages, by format.'),
      }),
    ),
    cells: z.array(evolutionCellSchema).describe('Without those of a wire that failed: a warning says so.'),
  })
  .meta({
    id: 'Evolution',
    description: 'Of messages of two fields, over the wires of the targets; neither load nor faults have a part in it.',
  });

export type EvolutionCell = Immutable<z.infer<typeof evolutionCellSchema>>;
export type EvolutionResult = Immutable<z.infer<typeof evolutionSchema>>;
