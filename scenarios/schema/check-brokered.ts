/** Checks of what targets with a broker have in common: where refused messages go, and where operations complete. */
import type { TargetCheck } from '../protocols/protocol-definition.ts';

interface Brokered {
  readonly address?: string | undefined;
  readonly onRefusal?: string | undefined;
  readonly deadLetter?: object | undefined;
  readonly consume: unknown;
  readonly reply?: object | undefined;
}

export function checkBrokered({ report }: TargetCheck, target: Brokered): void {
  const { address, onRefusal, deadLetter, consume, reply } = target;
  if (address === undefined && deadLetter !== undefined && onRefusal !== 'deadLetter') {
    report({ path: ['deadLetter'], message: 'needs onRefusal: deadLetter', atKey: true });
  }
  if (address !== undefined && consume && reply !== undefined) {
    const message = 'and consume exclude each other: operations complete at one of them';
    report({ path: ['reply'], message, atKey: true });
  }
}
