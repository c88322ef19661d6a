/** Where faults of processes act. */
import { z } from 'zod';

/** A service of the target, one of its instances (`service-2`), `broker` (the target's own) or `toxiproxy`. */
export type PartName = string;
/** Which of several: the leader of the first partition of what is under load. */
export type BrokerChoice = 'leader';

export const onPart = {
  part: z
    .enum(['service', 'broker', 'toxiproxy'] satisfies PartName[])
    .describe('Whose process: one that this run started.'),
  broker: z
    .enum(['leader'] satisfies BrokerChoice[])
    .optional()
    .describe(
      'Of three Kafka brokers: the leader of the first partition of what is under load. Left out: there is one.',
    ),
};

interface OnPart {
  readonly part: PartName;
  readonly broker?: BrokerChoice | undefined;
}

export function partSettings({ part, broker }: OnPart): { readonly part: PartName; readonly broker?: BrokerChoice } {
  return { part, ...(broker && { broker }) };
}
