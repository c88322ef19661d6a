/** Where a user's own system is, without scheme and path. */
import type { Protocol } from '../result/result-types.ts';
import { protocolFacts } from '../scenarios/protocols/registry.ts';
import { addressesOf } from '../scenarios/schema/address.ts';

const defaultPorts: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'ws:': 80,
  'wss:': 443,
  'amqp:': 5672,
  'amqps:': 5671,
  'grpc:': 80,
  'grpcs:': 443,
};
/** `host:port` (IPv6 in brackets) of an address with or without a scheme; the scenario has been validated. */
/** `host:port` of each server that the address names: one, of a Kafka several with commas between. */
export function hostsAndPorts(address: string, protocol: Protocol): [string, ...string[]] {
  const [first = '', ...others] = addressesOf(address, protocol);
  return [hostAndPort(first, protocol), ...others.map((one) => hostAndPort(one, protocol))];
}

function hostAndPort(address: string, protocol: Protocol): string {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(address);
  const url = new URL(hasScheme ? address : `bare://${address}`);
  const port = url.port === '' ? (defaultPorts[url.protocol] ?? protocolFacts[protocol].barePort) : Number(url.port);
  return `${url.hostname}:${port}`;
}
