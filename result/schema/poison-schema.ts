/** The account of poison: what a service can't read, where that has ended, and what became of all else. */
import { z } from 'zod';
import { count, figure, type Immutable } from './fields.ts';

const badSchema = z
  .object({
    offered: count,
    tries: count.describe('How often our service was given one of them, and refused it.'),
    told: count.describe('Of the offered ones: not acknowledged, so that its client knows.'),
    deadLettered: count.describe('… put aside, by the service or the broker, and counted there.'),
    dropped: count.describe('… gone, as the target asks for.'),
    retrying: count.describe('… in a topic of what is to be tried again.'),
    looping: count.describe('… given back to the broker, or kept in hand, and tried again and again.'),
    blocked: count.describe('… tried again and again, and nothing behind it is begun.'),
    waiting: count.describe('… in the broker, not looked at yet, or on its way to the dead letters.'),
    unaccounted: figure.describe('… nowhere: the broker does not have as many. null: it could not say.'),
  })
  .meta({
    id: 'PoisonBad',
    description: 'Operations that cannot be read: told, deadLettered, … and unaccounted add up to the offered ones.',
  });

const goodSchema = z
  .object({
    acknowledged: count,
    applied: count,
    refused: count.describe('Put aside or dropped for another reason.'),
    waiting: figure.describe('Acknowledged, not applied when the drain was over, and in the broker. null: not known.'),
    lost: figure.describe('Acknowledged, not applied, and not in the broker. null: not known.'),
  })
  .meta({ id: 'PoisonGood', description: 'All others that were handed over.' });

export const poisonSchema = z
  .object({
    share: z.number().describe('0–1 of the operations: `unreadableRatio` of the workload.'),
    bad: badSchema,
    good: goodSchema,
    goodPerSecond: figure.describe('Good ones that took effect while load was measured; null: none was.'),
    standStillUs: count.describe(
      'Longest time of measured load in which good ones waited and none of them took effect, whatever their key.',
    ),
    longestWaitUs: count.describe(
      'Longest time from a good one’s send to its effect; what had none waited to the end of the drain.',
    ),
  })
  .meta({ id: 'Poison', description: 'Warm-up included, but for the two figures that say otherwise.' });

export type PoisonResult = Immutable<z.infer<typeof poisonSchema>>;
