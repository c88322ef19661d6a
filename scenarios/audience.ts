/** Who hears what a target publishes. */

/** Of a target behind a broker: each subscriber has all that is published, or all of them share it out. */
export type Subscription = 'own' | 'shared';

export interface Audience {
  readonly count: number;
  /** Deliveries that each publication owes. */
  readonly owed: number;
}

interface Listened {
  readonly subscribers?: number | undefined;
  readonly subscription?: Subscription | undefined;
}

/** `usual`: how many subscribers targets have that do not say. */
export function audienceOf(usual: number, { subscribers: count = usual, subscription }: Listened): Audience {
  return { count, owed: subscription === 'shared' ? 1 : count };
}
