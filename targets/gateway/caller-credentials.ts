/** Keys and tokens of a trial's callers, made for it alone: what each sends, and what who lets them in must know of it. */
import { randomBytes } from 'node:crypto';
import { type CallerHolding, mayBeServed } from '../../scenarios/callers.ts';
import { apiKeyHeader, callerHeader, type GatewayAuth } from '../../scenarios/gateway.ts';
import type { GatewayCredentials } from './gateway-kind.ts';

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
  const tokens = auth === 'jwt' ? await issueTokens(holdings, Math.floor(Date.now() / 1e3) + clockAheadS) : noTokens;
  const apiKeys: Record<string, { caller: string; isServed: boolean }> = {};
  const headers: Record<string, Record<string, string>> = {};
  for (const [caller, holding] of Object.entries(holdings)) {
    const sent: Record<string, string> = { [callerHeader]: caller };
    headers[caller] = sent;
    const token = tokens.of.get(caller);
    if (token !== undefined) sent.authorization = `Bearer ${token}`;
    if (auth !== 'apiKey' || holding === 'none') continue;
    const key = randomBytes(24).toString('base64url');
    sent[apiKeyHeader] = key;
    const isServed = mayBeServed(holding, auth);
    if (isServed || holding === 'foreign') apiKeys[key] = { caller, isServed };
  }
  return { gateway: { apiKeys, ...tokens.keys, issuer, audience }, headers };
}

interface Tokens {
  /** By caller; who has nothing has none. */
  readonly of: ReadonlyMap<string, string>;
  readonly keys: Pick<GatewayCredentials, 'jwks' | 'publicKeyPem'>;
}

const noTokens: Tokens = { of: new Map(), keys: { jwks: '', publicKeyPem: '' } };

/** Keys take a tenth of a second to draw, and their library a part of that to load: only those who show tokens wait for it. */
async function issueTokens(holdings: Readonly<Record<string, CallerHolding>>, nowS: number): Promise<Tokens> {
  const { exportJWK, exportSPKI, generateKeyPair, SignJWT } = await import('jose');
  const own = await generateKeyPair('RS256', { extractable: true });
  const forger = Object.values(holdings).includes('forged') ? await generateKeyPair('RS256') : own;
  const of = new Map<string, string>();
  for (const [caller, holding] of Object.entries(holdings)) {
    if (holding === 'none') continue;
    const token = new SignJWT({ sub: caller })
      .setProtectedHeader({ alg: 'RS256', kid: keyId, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(holding === 'foreign' ? 'somewhere-else' : audience)
      .setIssuedAt(nowS)
      .setNotBefore(holding === 'early' ? nowS + farS : holding === 'expired' ? nowS - 2 * farS : nowS)
      .setExpirationTime(holding === 'expired' ? nowS - farS : nowS + validS);
    of.set(caller, await token.sign((holding === 'forged' ? forger : own).privateKey));
  }
  const jwk = { ...(await exportJWK(own.publicKey)), kid: keyId, alg: 'RS256', use: 'sig' };
  return { of, keys: { jwks: JSON.stringify({ keys: [jwk] }), publicKeyPem: await exportSPKI(own.publicKey) } };
}
