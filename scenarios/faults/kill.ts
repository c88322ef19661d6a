import { z } from 'zod';
import { type FailpointName, failpointOf, failpointsAt } from '../failpoints.ts';
import { loadTime, object } from '../schema/fields.ts';
import { defineFault, type Unsuited, type WindowOf } from './fault-definition.ts';
import { onPart, partSettings, partText } from './on-part.ts';

const when = object({
  after: z
    .enum(failpointsAt('after'))
    .optional()
    .describe(
      'received: on record, nothing done yet; commit: its effect is kept, nobody told yet; applied: done, nobody told yet. Of flows: placed, paid, reserved, shipped, refused, as who leads knows; commit, publish beside before. Left out: before says it.',
    ),
  before: z
    .enum(failpointsAt('before'))
    .optional()
    .describe(
      'commit: just before its effect is kept; reply: just before the answer is sent; ack: just before the broker is told that its message is done. Of flows: pay, reserve, ship, compensate; publish, commit beside after. Left out: after says it.',
    ),
  operation: z
    .int()
    .min(1)
    .optional()
    .describe('The how manieth operation that comes there after the end of warm-up; once. Left out: everyNth says it.'),
  everyNth: z
    .int()
    .min(1)
    .optional()
    .describe(
      'Each so manieth operation that comes there, counted anew after each restart. Left out: operation says it.',
    ),
});

/** At which operation that comes by which moment a service ends itself. */
export interface KillMoment {
  readonly point: FailpointName;
  readonly nth: number;
  /** Again after each restart. */
  readonly again: boolean;
}

function momentOf({ after, before, operation, everyNth }: z.output<typeof when>): KillMoment {
  const point = failpointOf({ after, before });
  if (point === null) throw new Error(`there is no failpoint after ${after}, before ${before}`);
  return { point, nth: operation ?? everyNth ?? 1, again: everyNth !== undefined };
}

function unsuitedMoment({ after, before, operation, everyNth }: z.output<typeof when>): Unsuited[] {
  const found: Unsuited[] = [];
  if (after === undefined && before === undefined)
    found.push({ key: 'when', message: 'needs one of after and before' });
  else if (failpointOf({ after, before }) === null)
    found.push({
      key: 'when',
      message: `needs one of after and before: nothing is both after ${after} and before ${before}`,
    });
  if ((operation === undefined) === (everyNth === undefined))
    found.push({ key: 'when', message: 'needs one of operation and everyNth' });
  return found;
}

export const kill = defineFault({
  name: 'kill',
  describes: 'A process is killed (SIGKILL), and started again when the window ends.',
  shape: {
    ...onPart,
    at: loadTime()
      .optional()
      .describe('Begin, from the end of warm-up: a duration or a share of load.duration. Left out: when says it.'),
    when: when
      .optional()
      .describe(
        'In place of at, within and every: a service dies at this moment of an operation, and is gone for `for`. Left out: at says it.',
      ),
  },
  check({ at, when, part }) {
    if (when === undefined) return at === undefined ? [{ key: 'fault', message: 'needs at, or when' }] : [];
    const found = unsuitedMoment(when);
    if (at !== undefined) found.push({ key: 'at', message: 'does not go with when' });
    if (part === 'broker' || part === 'toxiproxy') found.push({ key: 'when', message: 'is for services' });
    return found;
  },
  settings: ({ when, ...rest }) => ({ ...partSettings(rest), ...(when && { when: momentOf(when) }) }),
  endsWhenReady: true,
  kills: true,
  circumstance: (settings) => `when the ${partText(settings)} was killed`,
});
export type KillFault = WindowOf<typeof kill>;
