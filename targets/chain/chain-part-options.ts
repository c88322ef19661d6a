/** What a service of a chain is told beside what every service is. */
import type { Resilience } from '../../scenarios/scenario.ts';
import type { Callee } from '../flow/flow-part-options.ts';

export interface ChainPartOptions {
  /** It has the orders, and the account of them; others only work, and call. */
  readonly isEntry: boolean;
  /** Whom it calls, by name; {}: nobody. */
  readonly callees: Readonly<Record<string, Callee>>;
  /** Of calls between services. */
  readonly policies: Pick<Resilience, 'timeoutMs' | 'retry'>;
  /** Of a call, the same from service to service. */
  readonly payloadBytes: number;
}
