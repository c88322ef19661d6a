/** What is started for a run: of brokers that can be several, how many. */
import { z } from 'zod';
import type { BrokerFacts } from '../protocols/protocol-facts.ts';
import { type BrokerName, brokerFacts } from '../protocols/registry.ts';
import { object } from './fields.ts';

export type FileStack = Readonly<Partial<Record<BrokerName, { readonly brokers: number }>>>;

const several = (Object.entries(brokerFacts) as [BrokerName, BrokerFacts][]).filter(
  ([, { members }]) => members.length > 1,
);

function oneStack({ title, members }: BrokerFacts) {
  const [usual] = members;
  const most = Math.max(...members);
  return object({
    brokers: z
      .union(
        members.map((count) => z.literal(count)),
        { error: `expected ${members.join(' or ')}` },
      )
      .default(usual)
      .describe(`${most}: each partition on all of them, acks: all needs two of them (native stack, or compose).`),
  })
    .prefault({})
    .describe(`The ${title} that is started.`);
}

export const stackSchema: z.ZodType<FileStack> = object(
  Object.fromEntries(several.map(([name, facts]) => [name, oneStack(facts)])),
)
  .prefault({})
  .describe('What is started for the run.');

/** How many of each are started as one. */
export function membersOf(stack: FileStack | undefined, broker: BrokerName): number {
  return stack?.[broker]?.brokers ?? brokerFacts[broker].members[0];
}

/** Brokers of which several are started. */
export function clustersOf(stack: FileStack | undefined): BrokerName[] {
  return several.flatMap(([name]) => (membersOf(stack, name) > 1 ? [name] : []));
}
