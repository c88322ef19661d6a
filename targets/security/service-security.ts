/** What a reference service is told of how it is secured: files and keys made for the trial. */
import type { CertificateFiles } from './certificate-authority.ts';

export interface ServerTls extends CertificateFiles {
  /** PEM file: clients must show a certificate of this authority. null: they show none. */
  readonly clientAuthority: string | null;
}

/** What callers have to show. */
export type CallerCheck =
  | { readonly kind: 'apiKey'; readonly keys: readonly string[] }
  | { readonly kind: 'jwt'; readonly publicKeyPem: string; readonly issuer: string; readonly audience: string };

export interface ServiceSecurity {
  /** null: in clear. */
  readonly tls: ServerTls | null;
  /** null: everybody is served. */
  readonly check: CallerCheck | null;
}
