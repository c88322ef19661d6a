/** What kind of queue the broker is to make, where amqplib has no word for it. */
import type { QueueKind } from '../../../scenarios/scenario.ts';

export function queueArguments({ type, deliveryLimit }: QueueKind = { type: 'classic' }): Record<string, unknown> {
  if (type === 'classic') return {};
  return { 'x-queue-type': type, ...(deliveryLimit !== undefined && { 'x-delivery-limit': deliveryLimit }) };
}
