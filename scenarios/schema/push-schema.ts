/** Publications: who listens, and what a service does for its listeners. */
import { z } from 'zod';
import { type PushOverflow, type PushSettings, type Resume, type Subscribers, usualPush } from '../push-settings.ts';
import { duration, object, quantity, wholeNumber } from './fields.ts';
import { mostSubscribers } from './subscription-schema.ts';

/** Of the scenario. */
export const subscribersSchema = object({
  count: wholeNumber(1, mostSubscribers).describe('How many are to have what each publication publishes.'),
  resume: z
    .enum(['lastSeen', 'none'] satisfies Resume[])
    .default('lastSeen')
    .describe(
      'What one asks for that comes again after its connection was lost. lastSeen: what was published since its last event, as far as the protocol has a place to go on from; none: what is published from then on.',
    ),
  rate: z
    .enum(['publications', 'deliveries'])
    .optional()
    .meta({ default: 'publications' })
    .describe(
      'What load.rate counts. deliveries: each target publishes as often as makes load.rate deliveries a second, all its subscribers together.',
    ),
}).describe(
  'Of operations with `pattern: publish`: the receivers, in processes of their own. They are no load. Left out: nobody publishes.',
);

const pushShape = {
  log: wholeNumber(0, 1_000_000)
    .optional()
    .meta({ default: usualPush.log })
    .describe('Events that our service keeps for subscribers that come again. 0: none, so what they missed is missed.'),
  buffer: quantity('size', { most: '64MiB' })
    .optional()
    .describe(
      'What may wait in our service for one subscriber that reads too slowly, beyond what the kernel takes. Left out: 256KiB.',
    ),
  overflow: z
    .enum(['disconnect', 'drop', 'block'] satisfies PushOverflow[])
    .optional()
    .meta({ default: usualPush.overflow })
    .describe(
      'When that is full. disconnect: it is cut off, and comes again; drop: it does not get this event; block: nobody gets the next one until it has read.',
    ),
  closeAfter: duration('100ms', '1h')
    .optional()
    .describe('Our service ends each stream after so long, as many gateways do. Left out: it does not.'),
};

const describes = 'Of `pattern: publish`: what our service does for its subscribers. Left out: as each key says.';

/** Of a target whose service pushes itself. */
export const pushSchema = object({
  ...pushShape,
  duplex: z
    .boolean()
    .optional()
    .meta({ default: false })
    .describe(
      'The connections of the load are subscribed as well, so that requests, their answers and events share them. false: subscribers alone, on connections of their own.',
    ),
}).describe(describes);

/** Of one that can be asked instead. */
export const pollablePushSchema = object({
  ...pushShape,
  poll: duration('5ms', '10m')
    .optional()
    .describe(
      'Nothing is pushed: each subscriber asks so often for what is new. Left out: pushed, as it is published.',
    ),
}).describe(describes);

export type WrittenPush = Partial<z.output<typeof pollablePushSchema> & z.output<typeof pushSchema>>;

export function resolvePush(written: WrittenPush | undefined): { readonly push?: PushSettings } {
  if (written === undefined) return {};
  const {
    log = usualPush.log,
    buffer = usualPush.bufferBytes,
    overflow = usualPush.overflow,
    closeAfter,
    duplex = false,
    poll,
  } = written;
  return {
    push: {
      ...{ log, bufferBytes: buffer, overflow },
      ...(closeAfter !== undefined && { closeAfterMs: closeAfter }),
      ...(duplex && { duplex }),
      ...(poll !== undefined && { pollMs: poll }),
    },
  };
}

export function resolveSubscribers(written: z.output<typeof subscribersSchema> | undefined): {
  readonly subscribers?: Subscribers;
} {
  if (written === undefined) return {};
  const { rate, ...rest } = written;
  return { subscribers: { ...rest, ...(rate === 'deliveries' && { rate }) } };
}
