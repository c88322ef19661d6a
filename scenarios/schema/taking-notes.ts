/** What a run takes of others' messages, a sentence for each target that consumes. */
import type { QueueTarget, Scenario, StreamTarget } from '../scenario.ts';

export function takingNotes({ targets }: Scenario): string[] {
  return Object.values(targets).flatMap((target) => {
    if (target.address === undefined) return [];
    if (target.protocol === 'queue') return queueNote(target);
    return target.protocol === 'stream' ? streamNote(target) : [];
  });
}

function queueNote({ name, consume, reply, requests = {}, existing }: QueueTarget): string[] {
  if (typeof consume === 'object') {
    const { exchange, routingKey } = consume.bind;
    return [`${name}: consumes from an exclusive queue of its own, bound to ${exchange} by "${routingKey}".`];
  }
  const consumed = consume ? [...new Set(Object.values(requests).map(({ routingKey }) => routingKey))] : [];
  const queues = reply === undefined ? consumed : [reply.queue];
  if (queues.length === 0) return [];
  const others =
    existing === 'discard' ? 'what is there of others is lost' : 'refused when it holds messages of others';
  return [`${name}: takes messages from ${queues.join(', ')}; ${others}.`];
}

function streamNote({ name, consume, reply }: StreamTarget): string[] {
  if (!consume && reply === undefined) return [];
  return [`${name}: reads as a consumer group of its own, and commits nothing.`];
}
