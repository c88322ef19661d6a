/** Certificates of one trial of our own service, and what it must know of its callers: what it is told, and what its clients have. */
import type { Target } from '../../scenarios/scenario.ts';
import type { GatewayCredentials } from '../gateway/gateway-kind.ts';
import { certifiedUser, serverName } from './broker-security.ts';
import { CertificateAuthority } from './certificate-authority.ts';
import type { CallerCheck, ServerTls } from './service-security.ts';

export interface CertifiedTarget {
  /** With what its connections show. */
  readonly target: Target;
  /** Of its service; null: in clear. */
  readonly tls: ServerTls | null;
}

/** Files go to `directory`, which is made. Of a target that answers itself. */
export async function certifyTarget(target: Target, directory: string): Promise<CertifiedTarget> {
  if (target.tlsMode === undefined) return { target, tls: null };
  const authority = await CertificateAuthority.create(directory);
  const server = await authority.issue({ name: serverName, use: 'server' });
  const own = target.tlsMode === 'mutual' ? await authority.issue({ name: certifiedUser, use: 'client' }) : null;
  return {
    target: { ...target, tls: { ca: authority.file, serverName, verify: true, ...own } },
    tls: { ...server, clientAuthority: own === null ? null : authority.file },
  };
}

/** What a service must know of credentials to tell them from others. */
export function callerCheckOf(
  auth: 'apiKey' | 'jwt',
  { apiKeys, publicKeyPem, issuer, audience }: GatewayCredentials,
): CallerCheck {
  if (auth === 'jwt') return { kind: 'jwt', publicKeyPem, issuer, audience };
  const keys = Object.entries(apiKeys).flatMap(([key, { isServed }]) => (isServed ? [key] : []));
  return { kind: 'apiKey', keys };
}
