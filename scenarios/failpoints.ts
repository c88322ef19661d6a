/** Moments in the life of an operation at which a reference service can be made to die. A new one is a line here, and a `reach` in the services. */

interface Failpoint {
  readonly side: 'after' | 'before';
  /** How scenarios call it, beside its side. */
  readonly word: string;
  /** How evidence has it, below 256. */
  readonly code: number;
  readonly describes: string;
}

export const failpoints = {
  received: { side: 'after', word: 'received', code: 1, describes: 'on record, and nothing done yet' },
  beforeCommit: { side: 'before', word: 'commit', code: 5, describes: 'just before its effect is kept' },
  afterCommit: { side: 'after', word: 'commit', code: 6, describes: 'its effect is kept, and nobody told yet' },
  applied: { side: 'after', word: 'applied', code: 2, describes: 'done, and nobody told yet' },
  reply: { side: 'before', word: 'reply', code: 3, describes: 'just before the answer is sent' },
  ack: {
    side: 'before',
    word: 'ack',
    code: 4,
    describes: 'just before the broker is told that its message is done',
  },
} as const satisfies Record<string, Failpoint>;
export type FailpointName = keyof typeof failpoints;

const failpointNames = Object.keys(failpoints) as FailpointName[];

type Word<Side> = Extract<(typeof failpoints)[FailpointName], { readonly side: Side }>['word'];

/** Words of that side. */
export function failpointsAt<Side extends Failpoint['side']>(side: Side): Word<Side>[] {
  return failpointNames.flatMap((name) =>
    failpoints[name].side === side ? [failpoints[name].word as Word<Side>] : [],
  );
}

export function failpointAt(side: Failpoint['side'], word: string): FailpointName {
  const found = failpointNames.find((name) => failpoints[name].side === side && failpoints[name].word === word);
  if (found === undefined) throw new Error(`there is no failpoint ${side} ${word}`);
  return found;
}

/** `after applied`, `before ack`. */
export function failpointText(name: FailpointName): string {
  return `${failpoints[name].side} ${failpoints[name].word}`;
}
