/** Who sends the operations of a workload, what each shows to be let in, and so whether it is to be served. */
import type { GatewayAuth } from './gateway.ts';

/**
 * What a caller has in hand: of this service, nothing, of another service, of yesterday, of tomorrow, signed by somebody
 * else. A key has no times and no signature: one that is expired, early or forged is a key that nobody knows.
 */
export const callerHoldings = ['valid', 'none', 'foreign', 'expired', 'early', 'forged'] as const;
export type CallerHolding = (typeof callerHoldings)[number];

export interface Caller {
  /** Of all operations, 0–1. */
  readonly share: number;
  readonly holds: CallerHolding;
}

/** Who calls where a target asks for credentials and the workload names no callers. */
export const onlyCaller = 'caller';

/** As in the file, or resolved. */
interface AskingTarget {
  readonly gateway?: { readonly auth: GatewayAuth } | undefined;
  readonly auth?: GatewayAuth | 'sasl' | undefined;
}

/** What callers of a target have to show: to its gateway, or to the service itself. A user of a broker is nobody's in particular. */
export function authOf(target: object): GatewayAuth {
  const { gateway, auth = 'none' } = target as AskingTarget;
  if (gateway !== undefined) return gateway.auth;
  return auth === 'sasl' ? 'none' : auth;
}

export function mayBeServed(holds: CallerHolding, auth: GatewayAuth): boolean {
  return auth === 'none' || holds === 'valid';
}
