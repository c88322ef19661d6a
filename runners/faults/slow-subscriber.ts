/** Some subscribers stop reading their sockets, and go on at the end: what they are sent waits wherever there is room. */

import type { SlowSubscriberFault } from '../../scenarios/faults/slow-subscriber.ts';
import { slowSubscribers } from '../../scenarios/push-settings.ts';
import type { FaultPart, PartFaultKind } from './fault-kind.ts';

export const slowSubscriber: PartFaultKind<SlowSubscriberFault> = {
  async apply({ share }, { part }) {
    const { read, subscribers } = readersOf(part);
    await read(false, slowSubscribers(subscribers, share));
  },
  async undo({ share }, { part }) {
    const { read, subscribers } = readersOf(part);
    await read(true, slowSubscribers(subscribers, share));
    return undefined;
  },
  /** Their processes have said so. */
  async prove({ share }, { part }) {
    return { notReading: slowSubscribers(readersOf(part).subscribers, share).length };
  },
  expected: () => 'what these are sent waits on its way, then in who sends it, which does what `overflow` says',
  label: ({ share }) => `${Math.round(share * 1e3) / 10} % of the subscribers read nothing`,
  settings: ({ share }) => ({ share }),
};

function readersOf({ read, subscribers, name }: FaultPart): {
  readonly read: NonNullable<FaultPart['read']>;
  readonly subscribers: number;
} {
  if (read === undefined || subscribers === undefined) throw new Error(`the ${name} reads nothing that is published`);
  return { read, subscribers };
}
