/** The chains of a trial: how many of them met a slow service. */
import { z } from 'zod';
import { count, type Immutable } from './fields.ts';

export const chainSchema = z
  .object({
    services: count.describe('Processes of the chain, the entry included.'),
    slowShare: z.number().describe('p: of its operations each service is slow for, 0–1, by a draw of each.'),
    slowMs: z.number().describe('How long a slow one works.'),
    expectedShare: z.number().describe('1−(1−p)^N: of chains with a slow service, were all draws independent.'),
    answered: count.describe('Chains that ended well, in the phases without a fault.'),
    slow: count.describe('Of those, the ones that took at least slowMs from being sent, as the client saw it.'),
    drawn: count.describe('Of those, the ones in which a service drew itself slow: known from the seed.'),
  })
  .meta({ id: 'Chain', description: 'How many chains met a slow service, beside what is to be expected.' });

export type ChainResult = Immutable<z.infer<typeof chainSchema>>;
