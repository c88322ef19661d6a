/** What an acknowledgement of a target is worth, as it was found out for each broker, version and setting. */
import { type GuaranteeClass, guaranteeSetting, replyGuaranteeSetting } from '../result/guarantee.ts';
import { hasBroker } from '../result/result-types.ts';
import { brokerOf } from '../scenarios/protocols/registry.ts';
import type { Target } from '../scenarios/scenario.ts';
import { hasLog } from '../scenarios/state-settings.ts';
import { brokerParts } from './stack/broker-parts.ts';
import type { RunningStack } from './stack/stack.ts';

/** Of operations that our service answers itself: `guarantee.integration.test.ts` watches its file as well. */
function serviceGuarantee({
  address,
  store = 'memory',
  flow,
}: Pick<Target, 'address' | 'store' | 'flow'>): GuaranteeClass | null {
  if (address !== undefined) return null;
  return flow !== undefined || store === 'file' ? 'service’s disk (flushed)' : 'process memory';
}

/** As trials store them. */
export function guaranteeSettings(
  target: Target,
  stack: Parameters<typeof guaranteeOf>[1],
): Record<string, GuaranteeClass | null> {
  const handedOver = guaranteeOf(target, stack);
  const replied = hasLog(target) ? guaranteeOf(ofLog(target), stack) : serviceGuarantee(target);
  const isBehindBroker = replied !== null && hasBroker(target.protocol);
  return { [guaranteeSetting]: handedOver, ...(isBehindBroker && { [replyGuaranteeSetting]: replied }) };
}

/** As the service writes its log, whatever its broker calls that. */
function ofLog(target: Target): Target {
  const written = { acks: 'all', confirms: true, queue: { type: 'stream' } };
  return { ...target, ...written } as Target;
}

/** Of what is handed over. null: not known, as of a user's own system, of a broker that we did not start or of a version that was never watched. */
export function guaranteeOf(
  target: Target,
  stack: Pick<RunningStack, 'mode' | 'versions'> | null,
): GuaranteeClass | null {
  if (target.address !== undefined) return null;
  const broker = brokerOf(target);
  if (broker === null || !hasBroker(target.protocol)) return serviceGuarantee(target);
  if (stack === null || stack.mode === 'external') return null;
  return brokerParts[broker].guarantee(target, stack.versions[broker] ?? '');
}
