/** What a secured broker of ours offers beside its listener in clear, and which of it a target uses. */
import type { QueueTarget, StreamTarget, Target, TlsSettings } from '../../scenarios/scenario.ts';
import { asksForSecurity, type Secured } from '../../scenarios/security.ts';
import { CertificateAuthority, type CertificateFiles } from './certificate-authority.ts';

/** Whom the certificates of our own parts name; they listen at 127.0.0.1. */
export const serverName = 'localhost';
/** The common name of a client's certificate, and the user that a broker takes it for. */
export const certifiedUser = 'wirebench';
/** Of brokers that are asked for a login: made for the run, at loopback, gone with it. */
export const passwordUser = { name: 'load', password: 'load-of-this-run' } as const;

/** By how a connection begins. */
export const secureListeners = ['tls', 'mutual', 'sasl', 'saslTls', 'saslMutual'] as const;
export type SecureListener = (typeof secureListeners)[number];

export interface BrokerSecurity {
  /** PEM file of the authority. */
  readonly authority: string;
  readonly client: CertificateFiles;
  /** `host:port` each; some brokers have the same for several. */
  readonly listeners: Readonly<Record<SecureListener, string>>;
}

export interface BrokerCertificates {
  readonly authority: string;
  readonly server: CertificateFiles;
  readonly client: CertificateFiles;
}

/** Files go to `directory`, which is made. */
export async function certifyBroker(directory: string): Promise<BrokerCertificates> {
  const authority = await CertificateAuthority.create(directory);
  return {
    authority: authority.file,
    server: await authority.issue({ name: serverName, use: 'server' }),
    client: await authority.issue({ name: certifiedUser, use: 'client' }),
  };
}

/** null: the one in clear, without a login but the usual. */
export function listenerFor({ tlsMode, auth }: Secured): SecureListener | null {
  if (auth === undefined) return tlsMode === undefined ? null : tlsMode === 'server' ? 'tls' : 'mutual';
  return tlsMode === undefined ? 'sasl' : tlsMode === 'server' ? 'saslTls' : 'saslMutual';
}

/** With what its connections show, those of the load and those of our service alike. */
export function secureBrokered(target: Target, { authority, client }: BrokerSecurity): Target {
  const { tlsMode, auth } = target;
  if (!asksForSecurity(target)) return target;
  const own = tlsMode === 'mutual' ? client : {};
  const tls: TlsSettings | null = tlsMode === undefined ? null : { ca: authority, serverName, verify: true, ...own };
  const secured = { ...target, ...(tls !== null && { tls }) };
  if (auth === undefined) return secured;
  return target.protocol === 'stream'
    ? ({ ...secured, sasl: saslLogin } as StreamTarget)
    : ({ ...secured, user: passwordUser.name, password: passwordUser.password } as QueueTarget);
}

const saslLogin = {
  mechanism: 'scram-sha-256',
  username: passwordUser.name,
  password: passwordUser.password,
} as const;
