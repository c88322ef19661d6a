/** Our consumers stop asking their broker for messages, and go on at the end: what they have taken they finish. */
import type { PauseConsumersFault } from '../../scenarios/faults/pause-consumers.ts';
import type { FaultPart, PartFaultKind } from './fault-kind.ts';
import { untilStill } from './until-still.ts';

export const pauseConsumers: PartFaultKind<PauseConsumersFault> = {
  async apply(_window, { part }) {
    await consumeOf(part)(false);
  },
  async undo(_window, { part }) {
    await consumeOf(part)(true);
    return undefined;
  },
  prove: ({ forMs }, { part }) => untilStill(part, forMs),
  expected: () => 'what is handed over waits in the broker; nobody who hands it over notices',
  label: ({ part = 'service' }) => `consumers of the ${part} paused`,
  settings: ({ part }) => ({ ...(part && { part }) }),
};

function consumeOf({ consume, name }: FaultPart): NonNullable<FaultPart['consume']> {
  if (consume === undefined) throw new Error(`the ${name} has no consumers of ours`);
  return consume;
}
