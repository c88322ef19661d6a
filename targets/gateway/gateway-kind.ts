/** What a program must be told to stand before the instances of a service. One file a program implements it. */

import type { Protocol } from '../../result/result-types.ts';
import type { CacheSettings } from '../../scenarios/cache-settings.ts';
import type { Gateway } from '../../scenarios/gateway.ts';
import type { Program } from '../stack/program.ts';

/** Protocols that a gateway can stand before. */
export const gatewayProtocols = ['rest', 'grpc', 'websocket'] as const satisfies readonly Protocol[];
export type GatewayProtocol = (typeof gatewayProtocols)[number];

export interface GatewayCredentials {
  /** By API key, who holds it and whether this service serves them (false: known here, let in elsewhere only). */
  readonly apiKeys: Readonly<Record<string, { readonly caller: string; readonly isServed: boolean }>>;
  /** Of the tokens' issuer (RS256): as a JSON Web Key Set and as PEM. Empty where nobody shows a token. */
  readonly jwks: string;
  readonly publicKeyPem: string;
  readonly issuer: string;
  readonly audience: string;
}

export interface GatewayPlan {
  readonly protocol: GatewayProtocol;
  readonly settings: Gateway;
  /** What it keeps of answers; null: nothing. */
  readonly cache: CacheSettings | null;
  /** Where it listens, on loopback. */
  readonly port: number;
  /** By name, `host:port`, perhaps through a proxy. */
  readonly instances: Readonly<Record<string, string>>;
  /** Everything it writes goes here; absolute. */
  readonly directory: string;
  /** null where `settings.auth` is none. */
  readonly credentials: GatewayCredentials | null;
  /** `host:port` of where the tokens' keys are to be asked for; null: they are in its configuration. */
  readonly keysAt: string | null;
  /** Names of those who call, for limits by caller. */
  readonly callers: readonly string[];
}

export interface GatewayCommand {
  readonly command: string;
  readonly args: readonly string[];
}

export interface GatewayKind {
  readonly program: Program;
  /** What "rate" and "burst" come to in this program, for people who compare. */
  readonly rateLimitText: string;
  /** Text by file name, all in `plan.directory`. The first is the configuration itself. */
  configure(plan: GatewayPlan): Readonly<Record<string, string>>;
  /** Says whether the configuration is good, and starts nothing. */
  check(path: string, configuration: string, plan: GatewayPlan): GatewayCommand;
  start(path: string, configuration: string, plan: GatewayPlan): GatewayCommand;
}

/** Waits for an instance that does not answer a connection, of all kinds alike. */
export const connectTimeoutMs = 1_000;
/** How far clocks may be apart, of the times of tokens, seconds, of all kinds alike. */
export const tokenLeewayS = 5;
/** Idle connections to an instance that are kept, of all kinds alike. */
export const keptConnections = 128;
