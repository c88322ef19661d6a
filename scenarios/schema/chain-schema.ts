/** Chains: services that call services before they answer. */
import { object, wholeNumber } from './fields.ts';

/** Of a target. */
export const targetChainSchema = object({
  depth: wholeNumber(1, 16)
    .default(1)
    .describe('Services one behind the other, the entry included: each calls the next before it answers.'),
  fanOut: wholeNumber(1, 15)
    .default(1)
    .describe('How many services of the next level each service calls, at once; it waits for all of them.'),
}).describe(
  'Behind the entry further processes of our service, each called with the protocol of the target: parts service, hop-2, hop-3, …, links service-hop-2, … Left out: one service.',
);
