/** Which operations a service takes longer for: by their number alone, so that whoever knows the numbers knows the truth. */

export interface SlowWork {
  /** 0–1 of the operations, spread evenly over their numbers. */
  readonly share: number;
  readonly workTimeMs: number;
}

/** `sequence`: the number in the operation's id. */
export function isSlow(sequence: number, share: number): boolean {
  return slowBetween(sequence, sequence + 1, share) > 0;
}

/** How many of the operations `from` … `to` − 1 are slow: exact, since it is what `isSlow` goes by. */
export function slowBetween(from: number, to: number, share: number): number {
  return Math.floor(to * share) - Math.floor(from * share);
}
