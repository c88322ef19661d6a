/** A gateway in words, as printed beside the numbers. */
import type { SettingValue } from '../../result/result-types.ts';
import type { Gateway } from '../../scenarios/gateway.ts';
import { gatewayKinds } from './gateway-kinds.ts';

/** Nothing without one. */
export function gatewaySemantics(gateway: Gateway | undefined): Readonly<Record<string, SettingValue>> {
  if (gateway === undefined) return {};
  const { kind, layer, balance, auth, keys, retries, rateLimit } = gateway;
  const words = [kind, ...(layer === 4 ? ['layer 4'] : []), balance, ...(retries > 0 ? [`retries ${retries}`] : [])];
  return {
    gateway: words.join(', '),
    ...(auth !== 'none' && { gatewayAuth: keys === 'url' ? `${auth}, keys by URL` : auth }),
    ...(rateLimit !== null && {
      rateLimit: `${rateLimit.ratePerS}/s, burst ${rateLimit.burst}, by ${rateLimit.by} (${gatewayKinds[kind].rateLimitText})`,
    }),
  };
}
