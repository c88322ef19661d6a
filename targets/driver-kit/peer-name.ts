/** What messages call the other side: the address that the user knows, and that a proxy stands before it. */
import type { DriverContext } from '../driver.ts';

/** Of an own system as its scenario says, without credentials and query. */
export function peerName({
  target,
  address,
  proxied = false,
}: Pick<DriverContext, 'target' | 'address' | 'proxied'>): string {
  if (target.address === undefined) return address;
  const named = target.address.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1').replace(/\?.*$/s, '');
  return proxied ? `${named} (through Toxiproxy)` : named;
}
