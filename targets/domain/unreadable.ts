/** Poison: which operations a service can't read, by their number alone, so that the same ones stand behind every target. */
import { isSlow } from './slow-work.ts';

/** `sequence`: the number in the operation's id; `share`: 0–1 of them, evenly spread. The first is half a step in. */
export function isUnreadable(sequence: number, share: number): boolean {
  return share > 0 && isSlow(sequence + Math.floor(0.5 / share), share);
}
