/** A queue of the user's own that we take messages from: ours leave it, those of others stay unless they may be discarded. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, ConsumeMessage, GetMessage } from 'amqplib';
import { BenchError, exitCodes } from '../../../result/bench-error.ts';

/** As `CorrelatedAttempts` writes them: trial, worker, slot and use. */
const ourCorrelationId = /^[0-9a-f]{8}\.\d+\.\d+\.\d+$/;
/** Looked at; behind those of an earlier trial of ours there may be others, which are found as they are consumed. */
const mostLookedAt = 20;
const consumerGoneTries = 5;
const consumerGoneMs = 100;

export function isOurs(correlationId: unknown): boolean {
  return typeof correlationId === 'string' && ourCorrelationId.test(correlationId);
}

/** Neither to get single messages from a stream nor to purge it is implemented. null: the error says something else. */
export function streamThatRefused(error: unknown): string | null {
  return (
    (error instanceof Error && /NOT_IMPLEMENTED .* stream queues? queue '([^']*)'/.exec(error.message)?.[1]) || null
  );
}

/** Of a stream: it is read, and stays for all others; acknowledging only asks for more. */
export function isOfStream({ properties: { headers } }: ConsumeMessage): boolean {
  return headers?.['x-stream-offset'] !== undefined;
}

/** What may be taken of a queue, and how its user may help where that is refused. */
export interface TakingTerms {
  /** Messages of others may be lost. */
  readonly mayDiscard: boolean;
  readonly isOurs: (message: GetMessage) => boolean;
  /** For hints, what to write to have another queue instead: `settled: { exchange: … }`. */
  readonly ownQueue: string;
  /** For hints, where `existing: discard` may be said: `on the target`. */
  readonly discardAt: string;
}

/**
 * Before anything is sent or consumed. Throws a BenchError (exit 2) when the queue has consumers, or holds messages that
 * are not ours and may not be discarded; what it holds is then as it was. Throws as `checkQueue` when it is not there.
 * A stream ends the connection; see `streamThatRefused`.
 */
export async function requireTakeable(channel: Channel, queue: string, terms: TakingTerms): Promise<void> {
  let { consumerCount, messageCount } = await channel.checkQueue(queue);
  for (let tries = 0; consumerCount > 0 && tries < consumerGoneTries; tries++) {
    await sleep(consumerGoneMs); // of an earlier trial, perhaps
    ({ consumerCount, messageCount } = await channel.checkQueue(queue));
  }
  if (consumerCount > 0) {
    if ((await channel.get(queue)) !== false) channel.nackAll(); // a stream refuses
    throw hasConsumers(queue, consumerCount, terms);
  }
  if (terms.mayDiscard) await channel.purgeQueue(queue);
  else if (messageCount > 0) await requireNoForeign(channel, queue, messageCount, terms);
}

async function requireNoForeign(channel: Channel, queue: string, messageCount: number, terms: TakingTerms) {
  const ours: GetMessage[] = [];
  for (let n = 0; n < Math.min(messageCount, mostLookedAt); n++) {
    const message = await channel.get(queue);
    if (message === false) break;
    if (terms.isOurs(message)) ours.push(message);
    else {
      channel.nackAll(); // all go back, to where they were
      throw notEmpty(queue, messageCount, terms);
    }
  }
  for (const message of ours) channel.ack(message);
}

function hasConsumers(queue: string, count: number, { ownQueue }: TakingTerms): BenchError {
  return new BenchError('queueConsumed', `Queue ${queue} has ${count} consumer${count === 1 ? '' : 's'} already`, {
    hint: `They and the harness would take messages from each other. Stop them, or let \`${ownQueue}\` have a queue of its own.`,
    exitCode: exitCodes.usage,
  });
}

function notEmpty(queue: string, count: number, { ownQueue, discardAt }: TakingTerms): BenchError {
  return new BenchError('queueNotEmpty', `Queue ${queue} holds ${count} messages, and consuming would take them`, {
    hint: `They were left as they are. Empty the queue, say \`existing: discard\` ${discardAt} if they may be lost, or let \`${ownQueue}\` have a queue of its own.`,
    exitCode: exitCodes.usage,
  });
}
