/** Whose an operation is: each client has its share of a load worker's, by a draw that the account can repeat. */
import { hash32 } from '../../../result/seeded-hash.ts';

/** Those of the load itself begin with 1. */
const stream = 0;

/** `sequence`: of the operation within its worker; returns 0 … `clients` − 1. */
export function clientOf(sequence: number, clients: number): number {
  return clients === 1 ? 0 : hash32(0, stream, sequence) % clients;
}
