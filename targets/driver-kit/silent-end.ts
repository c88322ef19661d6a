/**
 * A TLS peer that ends a connection without a word. In TLS 1.3 the client is through with its handshake before the peer has
 * looked at its certificate, and not every peer says why it does not take it (Node says nothing).
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TlsSettings } from '../../scenarios/scenario.ts';

/** As sockets and libraries say it. */
const words =
  /connection (closed|reset|dropped)|closes the connection|ECONNRESET|EPIPE|socket hang up|other side closed/i;

export function isSilentEnd(why: string): boolean {
  return words.test(why);
}

/** What to check of the certificate that a client shows, or does not show. */
export function hintOfSilentEnd({ cert }: Pick<TlsSettings, 'cert'> = {}, now: number = Date.now()): string {
  if (cert === undefined) return 'It may want to see who asks: name certificate and key by `tls: { cert, key }`.';
  const times = timesOf(cert);
  if (times !== null && times.until < now) {
    return `The certificate that \`tls: { cert }\` shows was over on ${dayOf(times.until)}, which a service need not say.`;
  }
  if (times !== null && times.from > now) {
    return `The certificate that \`tls: { cert }\` shows is good from ${dayOf(times.from)} on, which a service need not say.`;
  }
  return 'It may not take the certificate that `tls: { cert, key }` shows, and need not say so: check that it trusts the authority that issued it, and that its clock is right.';
}

/** Milliseconds; null: the file does not say. */
function timesOf(path: string): { readonly from: number; readonly until: number } | null {
  try {
    const { validFrom, validTo } = new X509Certificate(readFileSync(path));
    return { from: Date.parse(validFrom), until: Date.parse(validTo) };
  } catch {
    return null;
  }
}

function dayOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
