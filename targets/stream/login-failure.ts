/** What the brokers or the libraries say when a login fails, in plain words. */
import type { Sasl } from '../../scenarios/scenario.ts';

/** null: it is nothing of a login. */
export function loginFailureOf(error: unknown, sasl: Sasl | undefined): string | null {
  if (sasl === undefined) return null;
  const text = messagesOf(error).join(' ');
  const who = sasl.mechanism === 'oauthbearer' ? 'the token' : `user ${sasl.username}`;
  // A broker that finds a token wrong lets the client say so, which both libraries do not: it is what they ask next that fails.
  if (/given the current SASL state|ILLEGAL_SASL_STATE/i.test(text)) {
    const refuses = sasl.mechanism === 'oauthbearer' ? `the broker refuses ${who} (${sasl.mechanism}), or ` : '';
    return `${refuses}no login is taken on that port`;
  }
  const offered = /enabled mechanisms (?:are|in the server:) \[?([\w, -]+)/i.exec(text)?.[1];
  if (/UNSUPPORTED_SASL_MECHANISM|mechanism .*(?:not supported|not enabled)|enabled mechanisms/i.test(text)) {
    const enabled = offered === undefined ? '' : `; it takes ${offered.trim()}`;
    return `the broker does not take the mechanism ${sasl.mechanism}${enabled}`;
  }
  if (/SASL_AUTHENTICATION_FAILED|Authentication failed|SASL .*failed|PLT_KFK_AUTHENTICATION/i.test(text)) {
    return `the broker refuses ${who} (${sasl.mechanism}): not known, or the wrong password`;
  }
  return null;
}

/** What it all began with: libraries wrap that in words of their own. */
export function deepestOf(error: unknown): string {
  return messagesOf(error).at(-1) ?? String(error);
}

/** Its own, and those of what caused it. */
export function messagesOf(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > 8) return [];
  const inner = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  const code = (error as NodeJS.ErrnoException).code;
  const own = typeof code === 'string' && code.startsWith('PLT_KFK_AUTH') ? `${error.message} ${code}` : error.message;
  return [own, ...[...inner, error.cause].flatMap((one) => messagesOf(one, depth + 1))];
}
