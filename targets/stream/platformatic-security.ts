/** TLS and logins in the terms of @platformatic/kafka, for the load and for our service. */
import net from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { SASLOptions } from '@platformatic/kafka';
import { bareHost } from '../../scenarios/allowed-hosts.ts';
import type { Sasl, TlsSettings } from '../../scenarios/scenario.ts';
import { secureContextOf } from '../driver-kit/tls-options.ts';

/**
 * Each broker is asked for, and must be named, as it advertises itself, unless the scenario says another name. An address
 * is no name to ask for.
 */
export function securedBy(settings: TlsSettings, addresses: readonly string[]) {
  const { verify, serverName } = settings;
  const hasNames = addresses.some((address) => net.isIP(bareHost(address.slice(0, address.lastIndexOf(':')))) === 0);
  const tls: ConnectionOptions = { rejectUnauthorized: verify, secureContext: secureContextOf(settings) };
  return { tls, tlsServerName: serverName ?? hasNames };
}

export function saslOf(sasl: Sasl): SASLOptions {
  if (sasl.mechanism === 'oauthbearer') {
    const { token, extensions } = sasl;
    return { mechanism: 'OAUTHBEARER', token, ...(extensions !== undefined && { oauthBearerExtensions: extensions }) };
  }
  const { mechanism, username, password } = sasl;
  return { mechanism: mechanism.toUpperCase() as 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512', username, password };
}
