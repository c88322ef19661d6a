/** What an acknowledgement of a target is worth, as it was found out for each broker, version and setting. */
import { type GuaranteeClass, guaranteeSetting, replyGuaranteeSetting } from '../result/guarantee.ts';
import { brokerOf } from '../scenarios/protocols/registry.ts';
import type { QueueTarget, StreamTarget, Target } from '../scenarios/scenario.ts';
import type { RunningStack } from './stack/stack.ts';

type Setting =
  | 'durable, confirmed'
  | 'transient, confirmed'
  | 'unconfirmed'
  | 'acks 0'
  | 'acks 1'
  | 'acks all, one replica'
  | 'acks all, replicas';

/**
 * By broker and version. `guarantee.integration.test.ts` watches each of them with strace: who flushes before it confirms,
 * and who only writes. Unconfirmed is what has left our own socket.
 */
const found: Readonly<Record<string, Readonly<Partial<Record<Setting, GuaranteeClass>>>>> = {
  'rabbitmq 3.10': {
    'durable, confirmed': 'broker’s disk (flushed)',
    'transient, confirmed': 'process memory',
    unconfirmed: 'process memory',
  },
  'kafka 4.3': {
    'acks 0': 'process memory',
    'acks 1': 'broker’s page cache',
    'acks all, one replica': 'broker’s page cache',
    'acks all, replicas': 'replicated',
  },
};

/** Of operations that our service answers itself: `guarantee.integration.test.ts` watches its file as well. */
export function serviceGuarantee({
  address,
  store = 'memory',
}: Pick<Target, 'address' | 'store'>): GuaranteeClass | null {
  if (address !== undefined) return null;
  return store === 'file' ? 'service’s disk (flushed)' : 'process memory';
}

/** As trials store them. */
export function guaranteeSettings(
  target: Target,
  stack: Parameters<typeof guaranteeOf>[1],
): Record<string, GuaranteeClass | null> {
  const [handedOver, replied] = [guaranteeOf(target, stack), serviceGuarantee(target)];
  const isBehindBroker = replied !== null && brokerOf(target) !== null;
  return { [guaranteeSetting]: handedOver, ...(isBehindBroker && { [replyGuaranteeSetting]: replied }) };
}

/** Of what is handed over. null: not known, as of a user's own system, of a broker that we did not start or of a version that was never watched. */
export function guaranteeOf(
  target: Target,
  stack: Pick<RunningStack, 'mode' | 'versions'> | null,
): GuaranteeClass | null {
  if (target.address !== undefined) return null;
  if (target.protocol !== 'queue' && target.protocol !== 'stream') return serviceGuarantee(target);
  if (stack === null || stack.mode === 'external') return null;
  const [broker, setting] =
    target.protocol === 'queue'
      ? (['rabbitmq', queueSetting(target)] as const)
      : (['kafka', streamSetting(target)] as const);
  const version = /^\d+\.\d+/.exec(stack.versions[broker] ?? '')?.[0];
  return found[`${broker} ${version}`]?.[setting] ?? null;
}

function queueSetting({ durable, confirms }: QueueTarget): Setting {
  if (!confirms) return 'unconfirmed';
  return durable ? 'durable, confirmed' : 'transient, confirmed';
}

/** All in-sync replicas of one are one: then `all` promises no more than `1`. */
function streamSetting({ acks, replicas = 1 }: StreamTarget): Setting {
  if (acks !== 'all') return acks === 0 ? 'acks 0' : 'acks 1';
  return replicas === 1 ? 'acks all, one replica' : 'acks all, replicas';
}
