/** Where faults of processes act. */
import { z } from 'zod';
import type { Unsuited } from './fault-definition.ts';

/** A service of the target, one of its instances (`service-2`), `broker` (the target's own) or `toxiproxy`. */
export type PartName = string;
/** Which of several: who leads the first partition, or the queue, of what is under load. */
export type BrokerChoice = 'leader';

export const onPart = {
  part: z
    .string()
    .min(1)
    .describe(
      'Whose process, of those that this run starts: service, broker or toxiproxy. A target without it sits the condition out.',
    ),
  broker: z
    .enum(['leader'] satisfies BrokerChoice[])
    .optional()
    .describe(
      'Of three brokers: who leads the first partition, or the queue, of what is under load. Left out: there is one.',
    ),
};

/** Of how our services behave: which of them. */
export const ofService = {
  part: z
    .string()
    .min(1)
    .optional()
    .describe('Which of our services, or of the parts of a flow: payment, say. Left out: all of them.'),
};

/** Of comings and goings: which of several instances. */
export const aMember = {
  part: z
    .string()
    .min(1)
    .describe('Which instance: service-2, say. A target whose instances are no consumer group sits the condition out.'),
};

/** A broker or the proxy has no such behaviour. */
export function unlessService({ part }: { readonly part?: string | undefined }): Unsuited[] {
  const isService = part !== 'broker' && part !== 'toxiproxy';
  return isService ? [] : [{ key: 'part', message: 'is for services' }];
}

interface OnPart {
  readonly part: PartName;
  readonly broker?: BrokerChoice | undefined;
}

export function partSettings({ part, broker }: OnPart): { readonly part: PartName; readonly broker?: BrokerChoice } {
  return { part, ...(broker && { broker }) };
}

/** `service-2`, `leading broker`. */
export function partText({ part, broker }: OnPart): string {
  return broker === 'leader' ? `leading ${part}` : part;
}
