/** What a target says of its subscribers, beside the scenario. */
import { z } from 'zod';
import type { Subscription } from '../audience.ts';
import { wholeNumber } from './fields.ts';

export const mostSubscribers = 10_000;

export const ownSubscribers = wholeNumber(1, mostSubscribers)
  .optional()
  .describe('Subscribers of this target. Left out: `subscribers.count` of the scenario.');

/** `place`: where they have a place each, or one. */
export function subscription(place: 'queue' | 'consumer group') {
  return z
    .enum(['own', 'shared'] satisfies Subscription[])
    .optional()
    .meta({ default: 'own' })
    .describe(
      `Of \`pattern: publish\`. own: a ${place} for each subscriber, so that each has every event; shared: one ${place} for them all, so that each event goes to one of them.`,
    );
}
