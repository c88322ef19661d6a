/** TLS of a reference service, in the terms of Node. */
import { readFileSync } from 'node:fs';
import type { ServerTls } from './service-security.ts';

export interface ServerTlsOptions {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca?: Buffer;
  readonly requestCert?: boolean;
  readonly rejectUnauthorized?: boolean;
}

/** Throws when a file cannot be read. */
export function serverTlsOptions({ cert, key, clientAuthority }: ServerTls): ServerTlsOptions {
  const pair = { cert: readFileSync(cert), key: readFileSync(key) };
  if (clientAuthority === null) return pair;
  return { ...pair, ca: readFileSync(clientAuthority), requestCert: true, rejectUnauthorized: true };
}
