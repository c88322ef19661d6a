/** Whose an operation is: each client has its share of a load worker's, by a draw that the account can repeat. */

/** `sequence`: of the operation within its worker; returns 0 … `clients` − 1. */
export function clientOf(sequence: number, clients: number): number {
  if (clients === 1) return 0;
  let hash = Math.imul(sequence + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) % clients;
}
