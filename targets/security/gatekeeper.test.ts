import { createHmac } from 'node:crypto';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Gatekeeper, gatekeeperOf } from './gatekeeper.ts';

const issuer = 'wirebench';
const audience = 'orders';
const nowS = () => Math.floor(Date.now() / 1e3);
const showing = (token: string) => (name: string) => (name === 'authorization' ? `Bearer ${token}` : undefined);

it('asks nobody where nothing is to be shown', async () => {
  expect(await gatekeeperOf(null)).toBeNull();
  expect(await gatekeeperOf(undefined)).toBeNull();
});

describe('of API keys', () => {
  it('lets in who has one of them', async () => {
    const gatekeeper = (await gatekeeperOf({ kind: 'apiKey', keys: ['k1', 'k2'] })) as Gatekeeper;
    const ask = (key?: string) => gatekeeper((name) => (name === 'x-api-key' ? key : undefined));
    expect(await ask('k2')).toBeNull();
    expect(await ask('k3')).toBe('nobody has this API key');
    expect(await ask()).toBe('there is no API key');
  });
});

describe('of tokens', () => {
  let gatekeeper: Gatekeeper;
  let publicKeyPem: string;
  let sign: (claims: { aud?: string; exp?: number; nbf?: number }) => Promise<string>;

  beforeAll(async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    publicKeyPem = await exportSPKI(publicKey);
    gatekeeper = (await gatekeeperOf({ kind: 'jwt', publicKeyPem, issuer, audience })) as Gatekeeper;
    sign = ({ aud = audience, exp = nowS() + 60, nbf = nowS() - 60 }) =>
      new SignJWT({ nbf })
        .setProtectedHeader({ alg: 'RS256' })
        .setIssuer(issuer)
        .setAudience(aud)
        .setExpirationTime(exp)
        .sign(privateKey);
  });

  it('lets in who has one that is good now, for this service', async () => {
    expect(await gatekeeper(showing(await sign({})))).toBeNull();
    expect(await gatekeeper(() => undefined)).toBe('there is no token');
    expect(await gatekeeper(showing(await sign({ aud: 'payments' })))).toContain('aud');
  });

  it('excuses no clock: not a moment after, nor one before', async () => {
    expect(await gatekeeper(showing(await sign({ exp: nowS() - 2 })))).toContain('exp');
    expect(await gatekeeper(showing(await sign({ nbf: nowS() + 5 })))).toContain('nbf');
  });

  it('takes no other way of signing, least of all with what everybody may know', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = part({ iss: issuer, aud: audience, exp: nowS() + 60 });
    expect(await gatekeeper(showing(`${part({ alg: 'none' })}.${claims}.`))).not.toBeNull();
    const signed = `${part({ alg: 'HS256' })}.${claims}`;
    const mac = createHmac('sha256', publicKeyPem).update(signed).digest('base64url');
    expect(await gatekeeper(showing(`${signed}.${mac}`))).not.toBeNull();
  });
});
