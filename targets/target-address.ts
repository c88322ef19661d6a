/** Where a user's own system is, without scheme and path. */
import { factsOf, type Spoken } from '../scenarios/protocols/registry.ts';
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
export function hostsAndPorts(address: string, spoken: Spoken): [string, ...string[]] {
  const [first = '', ...others] = addressesOf(address, spoken);
  return [hostAndPort(first, spoken), ...others.map((one) => hostAndPort(one, spoken))];
}

function hostAndPort(address: string, spoken: Spoken): string {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(address);
  const url = new URL(hasScheme ? address : `bare://${address}`);
  const port = url.port === '' ? (defaultPorts[url.protocol] ?? factsOf(spoken).barePort) : Number(url.port);
  return `${url.hostname}:${port}`;
}
