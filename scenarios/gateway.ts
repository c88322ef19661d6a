/** What a gateway before a reference target does, as a scenario says it. */

export const gatewayNames = ['nginx', 'envoy', 'haproxy'] as const;
export type GatewayName = (typeof gatewayNames)[number];

export const gatewayBalances = ['round-robin', 'least-requests'] as const;
export type GatewayBalance = (typeof gatewayBalances)[number];

export const gatewayAuths = ['none', 'apiKey', 'jwt'] as const;
export type GatewayAuth = (typeof gatewayAuths)[number];

/** What each program can check by itself, as it comes. */
export const authsOfGateway: Readonly<Record<GatewayName, readonly GatewayAuth[]>> = {
  nginx: ['none', 'apiKey'],
  envoy: gatewayAuths,
  haproxy: gatewayAuths,
};

/** Where a gateway has the keys of the tokens' issuer from: its own files, or a URL that it asks again and again. */
export const gatewayKeys = ['file', 'url'] as const;
export type GatewayKeys = (typeof gatewayKeys)[number];
export const keysByUrl: readonly GatewayName[] = ['envoy'];
/** What answers at that URL, in the name of its link. */
export const keyIssuer = 'issuer';

/** 7: each request goes where it is to; 4: each connection does, whatever is on it. */
export const gatewayLayers = [7, 4] as const;
export type GatewayLayer = (typeof gatewayLayers)[number];

/** Those that can carry connections without looking into them, as they come. */
export const layerFourGateways: readonly GatewayName[] = ['envoy', 'haproxy'];

/** Its name among the parts of a trial. */
export const gatewayPart = 'gateway';

export interface GatewayRateLimit {
  readonly ratePerS: number;
  /** Requests beyond the rate that are let through at once: each program counts them in its own way. */
  readonly burst: number;
  /** `caller`: each has the rate for itself; who it is, its header says. */
  readonly by: 'all' | 'caller';
}

export interface GatewayRoute {
  /** In lower case. */
  readonly header: string;
  readonly value: string;
  /** Name of an instance: `service-2`. */
  readonly to: string;
}

export interface Gateway {
  readonly kind: GatewayName;
  readonly layer: GatewayLayer;
  readonly balance: GatewayBalance;
  readonly auth: GatewayAuth;
  readonly keys: GatewayKeys;
  readonly rateLimit: GatewayRateLimit | null;
  /** Attempts after the first that the gateway makes itself, where the first found no instance or was told 502 or 503. */
  readonly retries: number;
  /** The last that fits wins. */
  readonly routes: readonly GatewayRoute[];
}

/** Who sends a request, in words that any gateway reads. */
export const callerHeader = 'x-caller';
export const apiKeyHeader = 'x-api-key';
