/** What clients show to be served, as it is printed beside the numbers. */
import type { SettingValue } from '../../result/result-types.ts';
import type { Target } from '../../scenarios/scenario.ts';

/** Empty where nobody is asked. */
export function authSettings({ auth, protocol, address }: Target): Readonly<Record<string, SettingValue>> {
  if (auth === undefined || address !== undefined) return {};
  const how =
    auth === 'sasl'
      ? protocol === 'stream'
        ? 'SASL SCRAM-SHA-256, once a connection'
        : 'SASL PLAIN, once a connection'
      : `${auth === 'jwt' ? 'JWT, RS256' : 'API key'}, ${protocol === 'websocket' ? 'once a connection, at its handshake' : 'checked for each request'}`;
  return { auth: how };
}
