/** Keys and tokens of a trial's callers, made for it alone: what each sends, and what the gateway must know of it. */
import { randomBytes } from 'node:crypto';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { apiKeyHeader, callerHeader, type GatewayAuth } from '../../scenarios/gateway.ts';
import type { GatewayCredentials } from './gateway-kind.ts';

/** What a caller has in hand: of this service, nothing, of another service, of yesterday, signed by somebody else. */
export const callerHoldings = ['valid', 'none', 'foreign', 'expired', 'forged'] as const;
export type CallerHolding = (typeof callerHoldings)[number];

export interface CallerCredentials {
  readonly gateway: GatewayCredentials;
  /** Headers of a request, by caller. */
  readonly headers: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const issuer = 'wirebench';
const audience = 'orders';
const keyId = 'trial';
/** Longer than any trial. */
const validS = 24 * 3600;

/** `holdings`: by caller. A key cannot expire: with `apiKey` one that is expired or forged is a key that nobody knows. */
export async function issueCredentials(
  auth: GatewayAuth,
  holdings: Readonly<Record<string, CallerHolding>>,
): Promise<CallerCredentials> {
  const keys = await generateKeyPair('RS256', { extractable: true });
  const others = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: keyId, alg: 'RS256', use: 'sig' };
  const apiKeys: Record<string, { caller: string; isServed: boolean }> = {};
  const headers: Record<string, Record<string, string>> = {};
  const nowS = Math.floor(Date.now() / 1e3);
  for (const [caller, holding] of Object.entries(holdings)) {
    const sent: Record<string, string> = { [callerHeader]: caller };
    headers[caller] = sent;
    if (holding === 'none' || auth === 'none') continue;
    if (auth === 'apiKey') {
      const key = randomBytes(24).toString('base64url');
      sent[apiKeyHeader] = key;
      if (holding === 'valid' || holding === 'foreign') apiKeys[key] = { caller, isServed: holding === 'valid' };
      continue;
    }
    const token = await new SignJWT({ sub: caller })
      .setProtectedHeader({ alg: 'RS256', kid: keyId, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(holding === 'foreign' ? 'somewhere-else' : audience)
      .setIssuedAt(nowS - 3600)
      .setExpirationTime(holding === 'expired' ? nowS - 1800 : nowS + validS)
      .sign(holding === 'forged' ? others.privateKey : keys.privateKey);
    sent.authorization = `Bearer ${token}`;
  }
  const gateway = {
    apiKeys,
    jwks: JSON.stringify({ keys: [jwk] }),
    publicKeyPem: await exportSPKI(keys.publicKey),
    issuer,
    audience,
  };
  return { gateway, headers };
}
