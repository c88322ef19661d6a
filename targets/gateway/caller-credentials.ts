/** Keys and tokens of a trial's callers, made for it alone: what each sends, and what who lets them in must know of it. */
import { randomBytes } from 'node:crypto';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { type CallerHolding, mayBeServed } from '../../scenarios/callers.ts';
import { apiKeyHeader, callerHeader, type GatewayAuth } from '../../scenarios/gateway.ts';
import { type GatewayCredentials, tokenLeewayS } from './gateway-kind.ts';

export interface CallerCredentials {
  readonly gateway: GatewayCredentials;
  /** Headers of a request, by caller. */
  readonly headers: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface IssueOptions {
  /** How far the issuer's clock is ahead of everybody else's, seconds. */
  readonly clockAheadS?: number;
}

const issuer = 'wirebench';
const audience = 'orders';
const keyId = 'trial';
/** Longer than any trial. */
const validS = 24 * 3600;
/** How long ago a token ended that is over, and how long one is to wait that is not valid yet: far beyond any leeway. */
const farS = 1800;

/** `holdings`: by caller. */
export async function issueCredentials(
  auth: GatewayAuth,
  holdings: Readonly<Record<string, CallerHolding>>,
  { clockAheadS = 0 }: IssueOptions = {},
): Promise<CallerCredentials> {
  const keys = await generateKeyPair('RS256', { extractable: true });
  const others = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: keyId, alg: 'RS256', use: 'sig' };
  const apiKeys: Record<string, { caller: string; isServed: boolean }> = {};
  const headers: Record<string, Record<string, string>> = {};
  const nowS = Math.floor(Date.now() / 1e3) + clockAheadS;
  for (const [caller, holding] of Object.entries(holdings)) {
    const sent: Record<string, string> = { [callerHeader]: caller };
    headers[caller] = sent;
    if (holding === 'none' || auth === 'none') continue;
    if (auth === 'apiKey') {
      const key = randomBytes(24).toString('base64url');
      sent[apiKeyHeader] = key;
      const isServed = mayBeServed(holding, auth);
      if (isServed || holding === 'foreign') apiKeys[key] = { caller, isServed };
      continue;
    }
    const token = await new SignJWT({ sub: caller })
      .setProtectedHeader({ alg: 'RS256', kid: keyId, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(holding === 'foreign' ? 'somewhere-else' : audience)
      .setIssuedAt(nowS)
      .setNotBefore(holding === 'early' ? nowS + farS : holding === 'expired' ? nowS - 2 * farS : nowS)
      .setExpirationTime(holding === 'expired' ? nowS - farS : nowS + validS)
      .sign(holding === 'forged' ? others.privateKey : keys.privateKey);
    sent.authorization = `Bearer ${token}`;
  }
  const gateway = {
    apiKeys,
    jwks: JSON.stringify({ keys: [jwk] }),
    publicKeyPem: await exportSPKI(keys.publicKey),
    ...{ issuer, audience, leewayS: tokenLeewayS },
  };
  return { gateway, headers };
}
