import type { QueueTarget, StreamTarget } from '../../scenarios/scenario.ts';

/** What our service does with a message that it refuses and for which nobody waits. */
export function refusalLabel(target: QueueTarget | StreamTarget): string {
  const { onRefusal = 'requeue' } = target;
  if (onRefusal === 'drop' || ('ack' in target && target.ack === 'auto')) return 'dropped';
  const limit = 'queue' in target ? target.queue?.deliveryLimit : undefined;
  if (limit !== undefined) return `tried again after 200 ms, ${limit} times, then a dead letter of the trial’s own`;
  if (onRefusal === 'requeue') return 'tried again after 200 ms';
  if (onRefusal === 'block') return 'tried again after 200 ms, its partition waits for it';
  if (onRefusal === 'retryTopic' && 'retries' in target) {
    return `to a topic of its own, read after 200 ms, ${target.retries} times, then a dead letter of the trial’s own`;
  }
  if (target.deadLetter === undefined) return 'dead letters, in a place of the trial’s own';
  return `dead letters, to ${Object.values(target.deadLetter).join('')}`;
}
