/** Which operations a service takes longer for: by their number alone, so that whoever knows the numbers knows the truth. */
import { uniform } from '../../result/seeded-hash.ts';
import { parseOperationId } from './operation-id.ts';

export interface SlowWork {
  /** 0–1 of the operations. */
  readonly share: number;
  readonly workTimeMs: number;
  /** Each operation by a draw of its own, and at each service by another. Left out: spread evenly over their numbers. */
  readonly isDrawn?: boolean;
}

/** Whose draw it is. */
export interface SlowDraw {
  /** Of the trial's repeat. */
  readonly seed: number;
  /** Of the service, by its place in the topology. */
  readonly part: number;
}

/** Streams of this seed below are the load's. */
const firstStream = 1_000;

/** `sequence`: the number in the operation's id. */
export function isSlow(sequence: number, share: number): boolean {
  return slowBetween(sequence, sequence + 1, share) > 0;
}

/** How many of the operations `from` … `to` − 1 are slow: exact, since it is what `isSlow` goes by. */
export function slowBetween(from: number, to: number, share: number): number {
  return Math.floor(to * share) - Math.floor(from * share);
}

/** `operation`: by its producer and number. */
export function drawsSlow(
  { producer, sequence }: { readonly producer: number; readonly sequence: number },
  share: number,
  { seed, part }: SlowDraw,
): boolean {
  return uniform(seed, firstStream + part, producer * 2 ** 32 + sequence) < share;
}

/** How long a service works on an operation, in ms. */
export function workTimeFor(requestId: string, usualMs: number, slow: SlowWork | undefined, draw: SlowDraw): number {
  const id = slow === undefined ? null : parseOperationId(requestId);
  if (slow === undefined || id === null) return usualMs;
  const isOne = slow.isDrawn === true ? drawsSlow(id, slow.share, draw) : isSlow(id.sequence, slow.share);
  return isOne ? slow.workTimeMs : usualMs;
}
