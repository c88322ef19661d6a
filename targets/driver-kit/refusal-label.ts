import type { QueueTarget, StreamTarget } from '../../scenarios/scenario.ts';

/** What our service does with a message that it refuses and for which nobody waits. */
export function refusalLabel(target: QueueTarget | StreamTarget): string {
  const { onRefusal = 'requeue' } = target;
  if (onRefusal === 'drop' || (target.protocol === 'queue' && target.ack === 'auto')) return 'dropped';
  if (onRefusal === 'requeue') return 'tried again after 200 ms';
  if (target.deadLetter === undefined) return 'dead letters, in a place of the trial’s own';
  return `dead letters, to ${target.protocol === 'queue' ? target.deadLetter.exchange : target.deadLetter.topic}`;
}
