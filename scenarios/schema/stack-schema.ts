/** What is started for a run: of brokers that can be several, how many. */
import { z } from 'zod';
import type { BrokerFacts } from '../protocols/protocol-facts.ts';
import { type BrokerName, brokerFacts } from '../protocols/registry.ts';
import { object } from './fields.ts';

export type FileStack = Readonly<Partial<Record<BrokerName, { readonly brokers: number }>>>;

const several = (Object.entries(brokerFacts) as [BrokerName, BrokerFacts][]).filter(
  ([, { members }]) => members.length > 1,
);

function oneStack({ title, members, ofSeveral }: BrokerFacts) {
  const [usual] = members;
  const most = Math.max(...members);
  return object({
    brokers: z
      .union(
        members.map((count) => z.literal(count)),
        { error: `expected ${members.join(' or ')}` },
      )
      .default(usual)
      .describe(`${most}: ${ofSeveral} (native stack, or compose).`),
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

/** How many of each that can be several; without any that is, as if all were: whether there are is another question. */
export function clusteredBrokers(stack: FileStack | undefined): Readonly<Record<string, number>> {
  const names = clustersOf(stack);
  const meant = names.length > 0 ? names : several.map(([name]) => name);
  return Object.fromEntries(meant.map((name) => [name, Math.max(...brokerFacts[name].members)]));
}

/** Brokers of which several are started. */
export function clustersOf(stack: FileStack | undefined): BrokerName[] {
  return several.flatMap(([name]) => (membersOf(stack, name) > 1 ? [name] : []));
}
