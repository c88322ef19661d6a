/** Moments in the life of an operation at which a reference service can be made to die. A new one is a line here, and a `reach` in the services. */
import { type FlowStep, placedWord, stepWords } from '../result/flow-steps.ts';

/** What has just been, what would come next, or both: one of them is enough where it says which moment is meant. */
interface Failpoint {
  readonly after?: string;
  readonly before?: string;
  /** How evidence has it, below 256. */
  readonly code: number;
  readonly describes: string;
  /** Of flows alone: known to who leads, or between a change and its event. Left out: every service has it. */
  readonly isOfFlow?: 'led' | 'published';
}

const { payment, inventory, shipping } = stepWords;

export const failpoints = {
  received: { after: 'received', code: 1, describes: 'on record, and nothing done yet' },
  beforeCommit: { before: 'commit', code: 5, describes: 'just before its effect is kept' },
  afterCommit: { after: 'commit', code: 6, describes: 'its effect is kept, and nobody told yet' },
  applied: { after: 'applied', code: 2, describes: 'done, and nobody told yet' },
  reply: { before: 'reply', code: 3, describes: 'just before the answer is sent' },
  ack: { before: 'ack', code: 4, describes: 'just before the broker is told that its message is done' },
  placed: {
    after: placedWord,
    before: payment.does,
    code: 10,
    isOfFlow: 'led',
    describes: 'who leads a flow has the order, and called nobody yet',
  },
  paid: {
    after: payment.done,
    before: inventory.does,
    code: 11,
    isOfFlow: 'led',
    describes: 'who leads a flow knows that it is paid',
  },
  reserved: {
    after: inventory.done,
    before: shipping.does,
    code: 12,
    isOfFlow: 'led',
    describes: 'who leads a flow knows that the stock is reserved',
  },
  shipped: {
    after: shipping.done,
    code: 13,
    isOfFlow: 'led',
    describes: 'who leads a flow knows that it is shipped, and has not noted its end',
  },
  refused: {
    after: 'refused',
    before: 'compensate',
    code: 14,
    isOfFlow: 'led',
    describes: 'who leads a flow knows of a refusal, and has undone nothing yet',
  },
  committed: {
    after: 'commit',
    before: 'publish',
    code: 15,
    isOfFlow: 'published',
    describes: 'a change is kept, and its event not published yet',
  },
  published: {
    after: 'publish',
    before: 'commit',
    code: 16,
    isOfFlow: 'published',
    describes: 'an event is published, and its change not kept yet',
  },
} as const satisfies Record<string, Failpoint>;
export type FailpointName = keyof typeof failpoints;

const failpointNames = Object.keys(failpoints) as FailpointName[];

/** By the step that has just been done. */
export const failpointAfter = { payment: 'paid', inventory: 'reserved', shipping: 'shipped' } as const satisfies Record<
  FlowStep,
  FailpointName
>;

const pointOf = (name: FailpointName): Failpoint => failpoints[name];

export function failpointFacts(name: FailpointName): Pick<Failpoint, 'isOfFlow'> {
  return pointOf(name);
}

/** Words of that side. */
export function failpointsAt(side: 'after' | 'before'): string[] {
  return [...new Set(failpointNames.flatMap((name) => pointOf(name)[side] ?? []))];
}

export interface FailpointWords {
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

/** With one word the moment that has no other, if there is one; null: they name no moment. */
export function failpointOf({ after, before }: FailpointWords): FailpointName | null {
  const named = failpointNames.filter((name) => {
    const point = pointOf(name);
    return (after === undefined || point.after === after) && (before === undefined || point.before === before);
  });
  const exact = named.find((name) => pointOf(name).after === after && pointOf(name).before === before);
  return exact ?? (named.length === 1 ? (named[0] ?? null) : null);
}

/** `after applied`, `before ack`, `after paid, before reserve`. */
export function failpointText(name: FailpointName): string {
  const { after, before } = pointOf(name);
  return [after && `after ${after}`, before && `before ${before}`].filter(Boolean).join(', ');
}
