/** Moments in the life of an operation at which a reference service can be made to die. A new one is a line here, and a `reach` in the services. */

interface Failpoint {
  readonly side: 'after' | 'before';
  /** How evidence has it, below 256. */
  readonly code: number;
  readonly describes: string;
}

export const failpoints = {
  received: { side: 'after', code: 1, describes: 'on record, and nothing done yet' },
  applied: { side: 'after', code: 2, describes: 'done, and nobody told yet' },
  reply: { side: 'before', code: 3, describes: 'just before the answer is sent' },
  ack: { side: 'before', code: 4, describes: 'just before the broker is told that its message is done' },
} as const satisfies Record<string, Failpoint>;
export type FailpointName = keyof typeof failpoints;

export const failpointNames = Object.keys(failpoints) as FailpointName[];

export function failpointsAt<Side extends Failpoint['side']>(side: Side): FailpointName[] {
  return failpointNames.filter((name) => failpoints[name].side === side);
}

/** `after applied`, `before ack`. */
export function failpointText(name: FailpointName): string {
  return `${failpoints[name].side} ${name}`;
}
