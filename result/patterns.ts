/**
 * How an operation goes: what is known of each pattern stands in its record, and nowhere else is a pattern asked for by
 * its name. A new one is a name and a record here.
 */

/** Where an operation counts as complete. Operations with different completion points are never ranked against each other. */
export type Completion = 'replied' | 'acknowledged' | 'delivered';

/**
 * Times that nobody waits for: reconciled after the drain from what the service put on record. They cover every offered
 * operation; one that never came so far counts as infinitely late. `delivered`: whole at the service, before it waits for a
 * place, or at a subscriber: of what is published each subscriber counts; `deliveredToAll`: at the last of the subscribers;
 * `started`: it has a place; `applied`: its effect is in the service's state; `settled`: all effects of a flow are in, or all
 * that it had are undone.
 */
export const laterTimes = ['delivered', 'deliveredToAll', 'started', 'applied', 'settled'] as const;
export type LaterTime = (typeof laterTimes)[number];

/** Of some patterns only: absent where there is no operation of these. */
export const rareTimes = ['deliveredToAll', 'settled'] as const satisfies readonly LaterTime[];
type RareTime = (typeof rareTimes)[number];

export function isRareTime(time: string): time is RareTime {
  return (rareTimes as readonly string[]).includes(time);
}

/** Those that a single service has on record. */
const ofOneService = ['delivered', 'started', 'applied'] as const satisfies readonly LaterTime[];

/** How many are to have what was sent once. */
export type Receivers = 'one' | 'subscribers';

export interface PatternRecord {
  /** For the description in the scenario's schema. */
  readonly describes: string;
  /** Where the client's part ends, unless a target of the user's own ends it elsewhere. */
  readonly ends: Exclude<Completion, 'delivered'>;
  readonly later: readonly LaterTime[];
  /** The later times that such operations are judged by, beside their end; none: their end alone. */
  readonly judgedBy: readonly LaterTime[];
  readonly receivers: Receivers;
}

export const patternNames = ['request-reply', 'one-way', 'flow', 'publish'] as const;
export type Pattern = (typeof patternNames)[number];

export const patterns: Readonly<Record<Pattern, PatternRecord>> = {
  'request-reply': {
    describes: 'waits for the answer',
    ends: 'replied',
    later: ofOneService,
    judgedBy: [],
    receivers: 'one',
  },
  'one-way': {
    describes: 'hands over, and is acknowledged and delivered',
    ends: 'acknowledged',
    later: ofOneService,
    judgedBy: ofOneService,
    receivers: 'one',
  },
  flow: {
    describes:
      'hands over what several services then do between them, and is settled when all of it is done, or undone',
    ends: 'acknowledged',
    later: [...ofOneService, 'settled'],
    judgedBy: ['settled'],
    receivers: 'one',
  },
  publish: {
    describes: 'hands over what all subscribers are to have, and is delivered to each',
    ends: 'acknowledged',
    later: [...ofOneService, 'deliveredToAll'],
    judgedBy: ['deliveredToAll', 'delivered'],
    receivers: 'subscribers',
  },
};

/** What an operation is taken for that does not say. */
export const defaultPattern: Pattern = 'request-reply';

/** The sender goes on when it has been taken over, without an answer from who does the work. */
export function isHandedOver(pattern: Pattern): boolean {
  return patterns[pattern].ends === 'acknowledged';
}

/**
 * What is asked first of such operations: that a flow is begun, or an event taken over, says little of it. null: when they
 * complete.
 */
export function leadingTime(pattern: Pattern): RareTime | null {
  return patterns[pattern].judgedBy.find(isRareTime) ?? null;
}

/** Each of several receivers is to have what was published, and each delivery counts. */
export function isPublished(pattern: Pattern): boolean {
  return patterns[pattern].receivers === 'subscribers';
}

/** The later times that a service has on record: a subscriber's are its own to tell. */
export function timesOfService(pattern: Pattern): readonly Exclude<LaterTime, RareTime>[] {
  return ofOneService.filter(
    (time) => patterns[pattern].later.includes(time) && !(time === 'delivered' && isPublished(pattern)),
  );
}
