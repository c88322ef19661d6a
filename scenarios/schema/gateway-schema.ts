/** `gateway:` of a target: what stands before the instances of our service. */
import { z } from 'zod';
import { closestName } from '../../result/closest-name.ts';
import {
  authsOfGateway,
  type Gateway,
  gatewayAuths,
  gatewayBalances,
  gatewayKeys,
  gatewayNames,
  keysByUrl,
  layerFourGateways,
} from '../gateway.ts';
import type { TargetCheck } from '../protocols/protocol-definition.ts';
import { instanceNames } from '../target-services.ts';
import { lineText, object, quantity, wholeNumber } from './fields.ts';

const headerToken = lineText.regex(/^[a-z][a-z0-9-]{0,63}$/, { error: 'expected the name of a header, in lower case' });
const headerText = lineText.regex(/^[\w.~-]{1,64}$/, { error: 'expected up to 64 letters, digits, or any of . _ ~ -' });

const route = object({
  header: headerToken.describe('Name of the header, in lower case.'),
  value: headerText.describe('What it must be.'),
  to: lineText.min(1).describe('The instance that has it then: service, service-2, …'),
});

const rateLimit = object({
  rate: quantity('rate', { least: '1/s', most: '1000000/s' }).describe(
    'How much is let through, e.g. 400/s; each program counts in its own way (docs/edge.md).',
  ),
  burst: wholeNumber(0, 100_000).default(0).describe('How many more at once.'),
  by: z
    .enum(['all', 'caller'])
    .default('all')
    .describe('all: together; caller: each by itself, told by the header x-caller.'),
});

export const gatewaySchema = object({
  kind: z.enum(gatewayNames).describe('The program. `bench doctor` says which are here.'),
  layer: z
    .union([z.literal(7), z.literal(4)])
    .default(7)
    .describe(
      '7: each request is sent on by itself; 4: each connection is, and all that is on it goes to one instance.',
    ),
  balance: z
    .enum(gatewayBalances)
    .default('round-robin')
    .describe('Which instance is next: each in turn, or the one with the fewest requests in hand.'),
  auth: z
    .enum(gatewayAuths)
    .default('none')
    .describe('What callers show to be let in: nothing, a key (header x-api-key), or a signed token (RS256).'),
  keys: z
    .enum(gatewayKeys)
    .default('file')
    .describe(
      'With auth: jwt, where the issuer’s public keys come from: a file, or a URL that is asked every 2 s (link gateway-issuer).',
    ),
  rateLimit: rateLimit.optional().describe('Beyond it the gateway answers 429. Left out: no limit.'),
  retries: wholeNumber(0, 10)
    .default(0)
    .describe(
      'Attempts after the first that the gateway makes itself, where an instance takes no connection, ends it without an answer, or says 502 or 503.',
    ),
  routes: z
    .array(route)
    .max(20)
    .default([])
    .describe('Requests with such a header go to one instance. The last that fits wins.'),
}).describe('A gateway before all instances of our service. Part gateway, link gateway-service. Left out: none.');

export function resolveGateway(written: z.output<typeof gatewaySchema> | undefined): { readonly gateway?: Gateway } {
  if (written === undefined) return {};
  const { rateLimit: limit, ...rest } = written;
  const rateLimit = limit === undefined ? null : { ratePerS: Math.round(limit.rate), burst: limit.burst, by: limit.by };
  return { gateway: { ...rest, rateLimit } };
}

/** What the schema cannot say. */
export function checkGateway({ report }: TargetCheck, target: GatewayTarget): void {
  const { gateway, engine, instances = 1 } = target;
  if (gateway === undefined || target.address !== undefined) return;
  if (engine !== undefined && engine !== 'native') {
    report({ path: ['gateway'], message: `is for the native engine, not ${engine}`, atKey: true });
  }
  const auths = authsOfGateway[gateway.kind];
  if (!auths.includes(gateway.auth)) {
    const able = gatewayNames.filter((name) => authsOfGateway[name].includes(gateway.auth));
    const message = `${gateway.kind} cannot check ${gateway.auth}; ${able.join(' and ')} can`;
    report({ path: ['gateway', 'auth'], message });
  }
  if (gateway.keys === 'url' && gateway.auth !== 'jwt') {
    report({ path: ['gateway', 'keys'], message: 'is of auth: jwt, whose tokens are signed', atKey: true });
  } else if (gateway.keys === 'url' && !keysByUrl.includes(gateway.kind)) {
    report({
      path: ['gateway', 'keys'],
      message: `${gateway.kind} cannot ask for keys; ${keysByUrl.join(' and ')} can`,
    });
  }
  checkLayer(report, gateway);
  const names = instanceNames({ name: 'service', instances });
  for (const [n, { to }] of gateway.routes.entries()) {
    if (names.includes(to)) continue;
    const suggestion = closestName(to, names) ?? undefined;
    const message = `"${to}" is no instance of this target (it has ${names.join(', ')})`;
    report({ path: ['gateway', 'routes', n, 'to'], message, ...(suggestion !== undefined && { suggestion }) });
  }
}

/** Who sees connections alone sees no request. */
function checkLayer(report: TargetCheck['report'], gateway: z.output<typeof gatewaySchema>): void {
  const { kind, layer, auth, rateLimit, retries, routes } = gateway;
  if (layer === 7) return;
  if (!layerFourGateways.includes(kind)) {
    report({
      path: ['gateway', 'layer'],
      message: `${kind} is not to be had so; ${layerFourGateways.join(' and ')} are`,
    });
  }
  const asked = {
    auth: auth !== 'none',
    rateLimit: rateLimit !== undefined,
    retries: retries > 0,
    routes: routes.length > 0,
  };
  for (const [key, isAsked] of Object.entries(asked)) {
    if (isAsked) report({ path: ['gateway', key], message: 'is of requests, which layer 4 does not see', atKey: true });
  }
}

interface GatewayTarget {
  readonly gateway?: z.output<typeof gatewaySchema> | undefined;
  readonly engine?: string | undefined;
  readonly instances?: number | undefined;
  readonly address?: string | undefined;
}
