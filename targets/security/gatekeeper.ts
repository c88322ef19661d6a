/** Whom a reference service serves: it looks at the headers of a request, or of a handshake. */
import { apiKeyHeader } from '../../scenarios/gateway.ts';
import type { CallerCheck } from './service-security.ts';

/** Reads a header by its name in lower case. */
export type HeaderOf = (name: string) => string | undefined;

/** Resolves with why somebody is not served; null: they are. */
export type Gatekeeper = (header: HeaderOf) => Promise<string | null>;

const noToken = 'there is no token';
/** Clocks are not excused: a token is no good a moment before its time, nor a moment after. */
const toleranceS = 0;
const bearer = /^Bearer +(\S+)$/i;

/** null: everybody is served. */
export async function gatekeeperOf(check: CallerCheck | null | undefined): Promise<Gatekeeper | null> {
  if (check === null || check === undefined) return null;
  if (check.kind === 'apiKey') {
    const keys = new Set(check.keys);
    return async (header) => {
      const key = header(apiKeyHeader);
      if (key === undefined) return 'there is no API key';
      return keys.has(key) ? null : 'nobody has this API key';
    };
  }
  const { importSPKI, jwtVerify } = await import('jose'); // takes a service some 30 ms more to start
  const key = await importSPKI(check.publicKeyPem, 'RS256');
  const wanted = { issuer: check.issuer, audience: check.audience, algorithms: ['RS256'], clockTolerance: toleranceS };
  return async (header) => {
    const token = bearer.exec(header('authorization') ?? '')?.[1];
    if (token === undefined) return noToken;
    try {
      await jwtVerify(token, key, wanted);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
}

/** Of Node's headers, of which one may have come several times. */
export function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
