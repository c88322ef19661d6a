/** Where load may go: loopback, and what a scenario lists under `allowHosts`. */
import { BlockList, isIP, isIPv4 } from 'node:net';

export class AllowedHosts {
  readonly #names: ReadonlySet<string>;
  readonly #addresses = new BlockList();

  /** Host names and IP addresses, IPv6 with or without brackets. */
  constructor(listed: readonly string[]) {
    const hosts = listed.map(bareHost);
    this.#names = new Set(hosts);
    this.#addresses.addSubnet('127.0.0.0', 8, 'ipv4');
    this.#addresses.addAddress('::1', 'ipv6');
    for (const host of hosts) if (isIP(host) !== 0) this.#addresses.addAddress(withoutZone(host), familyOf(host));
  }

  /** As it is listed, wherever it leads. */
  hasName(host: string): boolean {
    return this.#names.has(bareHost(host));
  }

  /** An IPv4 address is known in its IPv6 form, too. */
  hasAddress(address: string): boolean {
    const bare = bareHost(address);
    return isIP(bare) !== 0 && this.#addresses.check(withoutZone(bare), familyOf(bare));
  }
}

/** In small letters, without the brackets of an IPv6 address and the dot that may end a name. */
export function bareHost(host: string): string {
  return host
    .replace(/^\[|\]$/g, '')
    .replace(/(?<=.)\.$/, '')
    .toLowerCase();
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}
