/** TLS as a scenario asks for it, in the terms of Node, which all clients are built on. */
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import type { TlsSettings } from '../../scenarios/scenario.ts';

export type TlsOptions = Pick<
  tls.ConnectionOptions,
  'servername' | 'rejectUnauthorized' | 'checkServerIdentity' | 'secureContext'
>;

const contexts = new WeakMap<TlsSettings, tls.SecureContext>();

/** Read and parsed once for all connections of these settings. Throws when a file can no longer be used. */
export function secureContextOf(settings: TlsSettings): tls.SecureContext {
  let context = contexts.get(settings);
  if (context === undefined) {
    const { ca, cert, key } = settings;
    context = tls.createSecureContext({
      ...(ca !== undefined && { ca: readFileSync(ca) }),
      ...(cert !== undefined && key !== undefined && { cert: readFileSync(cert), key: readFileSync(key) }),
    });
    contexts.set(settings, context);
  }
  return context;
}

/** `hostname` is whom the certificate must name, which is not where we dial when a proxy stands between. */
export function tlsOptions(hostname: string, settings: TlsSettings | undefined): TlsOptions {
  return {
    servername: net.isIP(hostname) === 0 ? hostname : '',
    rejectUnauthorized: settings?.verify ?? true,
    checkServerIdentity: (_dialled, certificate) => tls.checkServerIdentity(hostname, certificate),
    ...(settings !== undefined && { secureContext: secureContextOf(settings) }),
  };
}
