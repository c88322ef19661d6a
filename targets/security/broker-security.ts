/** What a secured broker of ours offers beside its listener in clear, and which of it a target uses. */
import { randomBytes } from 'node:crypto';
import type { QueueTarget, StreamTarget, Target, TlsSettings } from '../../scenarios/scenario.ts';
import { asksForSecurity, type Secured } from '../../scenarios/security.ts';
import { CertificateAuthority, type CertificateFiles } from './certificate-authority.ts';

/** Whom the certificates of our own parts name; they listen at 127.0.0.1. */
export const serverName = 'localhost';
/** The common name of a client's certificate, and the user that a broker takes it for. */
export const certifiedUser = 'wirebench';

/** Who logs in: made for the run, gone with it. */
export interface BrokerUser {
  readonly name: string;
  readonly password: string;
}

/** By how a connection begins. */
export const secureListeners = ['tls', 'mutual', 'sasl', 'saslTls', 'saslMutual'] as const;
export type SecureListener = (typeof secureListeners)[number];

export interface BrokerSecurity {
  /** PEM file of the authority. */
  readonly authority: string;
  readonly client: CertificateFiles;
  readonly user: BrokerUser;
  /** `host:port` each; some brokers have the same for several. */
  readonly listeners: Readonly<Record<SecureListener, string>>;
}

export interface BrokerCertificates {
  readonly authority: string;
  readonly server: CertificateFiles;
  readonly client: CertificateFiles;
  readonly user: BrokerUser;
}

/** Files go to `directory`, which is made. */
export async function certifyBroker(directory: string): Promise<BrokerCertificates> {
  const authority = await CertificateAuthority.create(directory);
  return {
    authority: authority.file,
    server: await authority.issue({ name: serverName, use: 'server' }),
    client: await authority.issue({ name: certifiedUser, use: 'client' }),
    user: { name: 'load', password: randomBytes(18).toString('hex') },
  };
}

/** null: the one in clear, without a login but the usual. */
export function listenerFor({ tlsMode, auth }: Secured): SecureListener | null {
  if (auth === undefined) return tlsMode === undefined ? null : tlsMode === 'server' ? 'tls' : 'mutual';
  return tlsMode === undefined ? 'sasl' : tlsMode === 'server' ? 'saslTls' : 'saslMutual';
}

/** With what its connections show, those of the load and those of our service alike. */
export function secureBrokered(target: Target, { authority, client, user }: BrokerSecurity): Target {
  const { tlsMode, auth } = target;
  if (!asksForSecurity(target)) return target;
  const own = tlsMode === 'mutual' ? client : {};
  const tls: TlsSettings | null = tlsMode === undefined ? null : { ca: authority, serverName, verify: true, ...own };
  const secured = { ...target, ...(tls !== null && { tls }) };
  if (auth === undefined) return secured;
  const { name, password } = user;
  return target.protocol === 'stream'
    ? ({ ...secured, sasl: { mechanism: 'scram-sha-256', username: name, password } } as StreamTarget)
    : ({ ...secured, user: name, password } as QueueTarget);
}
