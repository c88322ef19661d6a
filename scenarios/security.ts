/** How our own services and their brokers are secured, as a scenario says it; an own system is as it is. */
import { hasBroker, type Protocol, type SettingValue } from '../result/result-types.ts';

/** server: who answers shows a certificate; mutual: who asks does, too. */
export const tlsModes = ['none', 'server', 'mutual'] as const;
export type TlsMode = Exclude<(typeof tlsModes)[number], 'none'>;

export const auths = ['none', 'apiKey', 'jwt', 'sasl'] as const;
export type Auth = Exclude<(typeof auths)[number], 'none'>;

/** A service reads what comes with requests; a broker knows users, who log in on each connection. */
export function authsOf(protocol: Protocol): readonly Auth[] {
  return hasBroker(protocol) ? ['sasl'] : ['apiKey', 'jwt'];
}

export interface Secured {
  readonly tlsMode?: TlsMode;
  readonly auth?: Auth;
}

export function asksForSecurity({ tlsMode, auth }: Secured): boolean {
  return tlsMode !== undefined || auth !== undefined;
}

/** Names of the targets that are secured, as written or in some of their variants. */
export function securedTargets(scenario: {
  readonly targets: Readonly<Record<string, Secured>>;
  readonly sweep: Readonly<Record<string, readonly Readonly<Record<string, SettingValue>>[]>>;
}): string[] {
  const isSwept = (name: string) =>
    Object.hasOwn(scenario.sweep, name) &&
    scenario.sweep[name]?.some(({ tls = 'none', auth = 'none' }) => tls !== 'none' || auth !== 'none');
  return Object.entries(scenario.targets).flatMap(([name, target]) =>
    asksForSecurity(target) || isSwept(name) ? [name] : [],
  );
}
