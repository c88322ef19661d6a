/** Addresses of own systems: what each protocol accepts, and whether load may be sent there. */
import { AllowedHosts, bareHost } from '../allowed-hosts.ts';
import { factsOf, type Spoken } from '../protocols/registry.ts';

export type AddressReading =
  /** `host` without the brackets of an IPv6 address. */
  { readonly ok: true; readonly host: string } | { readonly ok: false; readonly message: string };

/** Kafka's clients are told several servers of one cluster, with commas between. */
export function addressesOf(address: string, spoken: Spoken): string[] {
  return factsOf(spoken).isClustered ? address.split(',').map((one) => one.trim()) : [address];
}

/** In small letters, without `://`; '' for none. */
export function schemeOf(address: string): string {
  return /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(address)?.[1]?.toLowerCase() ?? '';
}

/** Of one server. */
export function readAddress(address: string, spoken: Spoken): AddressReading {
  const { exampleAddress, schemes, takesCredentials, takesQuery } = factsOf(spoken);
  const wrong = (why: string): AddressReading => ({
    ok: false,
    message: `${why}; write e.g. ${exampleAddress}`,
  });
  const scheme = schemeOf(address);
  if (!schemes.includes(scheme)) {
    return wrong(scheme === '' ? 'has no scheme' : `"${scheme}://" is not a scheme of protocol ${spoken.protocol}`);
  }
  const url = URL.parse(scheme === '' ? `bare://${address}` : address);
  if (url === null || url.hostname === '' || /\s/.test(address)) return wrong('is not an address');
  if (
    scheme === '' &&
    (url.port === '' || url.pathname !== '' || url.search !== '' || url.hash !== '' || url.username !== '')
  ) {
    return wrong('is not of the form host:port');
  }
  if (url.port === '0') return wrong('has the port 0');
  if (url.username !== '' && !takesCredentials)
    return wrong('holds credentials, which are not sent; put them into headers');
  if (url.hash !== '' || (url.search !== '' && !takesQuery)) return wrong('has a query or a fragment');
  return { ok: true, host: url.hostname.replace(/^\[|\]$/g, '') };
}

/**
 * Whether a scenario may name this host (a name or an address, IPv6 with or without brackets): loopback, or listed. A
 * name other than localhost counts as outside, wherever it leads; where names lead is judged when they are dialled.
 */
export function isAllowedHost(host: string, allowHosts: readonly string[]): boolean {
  const allowed = new AllowedHosts(allowHosts);
  return bareHost(host) === 'localhost' || allowed.hasAddress(host) || allowed.hasName(host);
}
