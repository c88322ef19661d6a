/** Our consumers stop asking their broker for messages, and go on at the end: what they have taken they finish. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PauseConsumersFault } from '../../scenarios/faults/pause-consumers.ts';
import type { FaultPart, PartFaultKind } from './fault-kind.ts';

/** Nothing taken up for so long: they stand still. */
const stillMs = 300;

export const pauseConsumers: PartFaultKind<PauseConsumersFault> = {
  async apply(_window, { part }) {
    await consumeOf(part)(false);
  },
  async undo(_window, { part }) {
    await consumeOf(part)(true);
    return undefined;
  },
  /** What was under way to them when they stopped may still come. */
  async prove({ forMs }, { part }) {
    const { adjust } = part;
    if (adjust === undefined) return null;
    let before = await adjust({});
    for (let waitedMs = 0; waitedMs < forMs; waitedMs += stillMs) {
      await sleep(stillMs);
      const now = await adjust({});
      if (now === before) return { operationsTaken: 0, overMs: stillMs };
      before = now;
    }
    return null;
  },
  expected: () => 'what is handed over waits in the broker; nobody who hands it over notices',
  label: ({ part = 'service' }) => `consumers of the ${part} paused`,
  settings: ({ part }) => ({ ...(part && { part }) }),
};

function consumeOf({ consume, name }: FaultPart): NonNullable<FaultPart['consume']> {
  if (consume === undefined) throw new Error(`the ${name} has no consumers of ours`);
  return consume;
}
