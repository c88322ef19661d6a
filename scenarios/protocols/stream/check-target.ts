/** Checks of a stream's target: settings of its producers that go together, topics that must be known. */
import type { z } from 'zod';
import { streamDefaults } from '../../schema/client-settings.ts';
import type { ClientSettingsName } from '../../target-base.ts';
import type { TargetCheck } from '../protocol-definition.ts';
import type { streamRequest } from './request-schema.ts';
import type { StreamCommit } from './target.ts';

interface Producing {
  readonly settings?: ClientSettingsName | undefined;
  readonly batch?: { readonly linger?: number | undefined } | undefined;
  readonly linger?: number | undefined;
  readonly idempotent?: boolean | undefined;
  readonly maxInFlight?: number | undefined;
  readonly acks: 'all' | 0 | 1;
  readonly client: 'platformatic' | 'kafkajs';
}

export function checkProducer({ has, report }: TargetCheck, target: Producing): void {
  const { batch, linger, idempotent = streamDefaults(target).idempotent, maxInFlight, acks, client } = target;
  if (has(['batch', 'linger']) && has(['linger']) && linger !== batch?.linger) {
    const message = `is another one than linger (${linger}ms): leave one of them out`;
    report({ path: ['batch', 'linger'], message, atKey: true });
  }
  if (!idempotent) return;
  if (maxInFlight !== undefined && maxInFlight > 1) {
    const message = 'must be 1 with idempotent: a batch sent again behind another would be out of sequence';
    report({ path: ['maxInFlight'], message });
  }
  const complain = (message: string) => report({ path: ['idempotent'], message, atKey: true });
  if (acks !== 'all') complain('needs acks: all: only then the broker says what it has');
  if (client !== 'platformatic')
    complain(`is for client: platformatic; ${client} takes its own retries for measured attempts`);
}

interface Sending {
  readonly requests?: Readonly<Record<string, z.output<typeof streamRequest>>> | undefined;
  readonly consume: boolean;
  readonly client: 'platformatic' | 'kafkajs';
}

export function checkTopics({ report }: TargetCheck, target: Sending): void {
  for (const [name, request] of Object.entries(target.requests ?? {})) {
    for (const [header, value] of Object.entries(request.headers)) {
      if (value !== null || target.client !== 'kafkajs') continue;
      const message = 'needs a value: client kafkajs can send none without';
      report({ path: ['requests', name, 'headers', header], message });
    }
    if (!target.consume || !request.topic.includes('{{')) continue;
    const message = 'must be known with consume; without {{…}}';
    report({ path: ['requests', name, 'topic'], message });
  }
}

interface Refusing {
  readonly commit: StreamCommit;
  readonly onRefusal?: string | undefined;
  readonly retries?: number | undefined;
}

export function checkRefusals({ report }: TargetCheck, { commit, onRefusal, retries }: Refusing): void {
  if (retries !== undefined && onRefusal !== 'retryTopic') {
    report({ path: ['retries'], message: 'needs onRefusal: retryTopic', atKey: true });
  }
  if (commit === 'before' && onRefusal === 'block') {
    const message = 'block holds up what is behind a record that is not done; with commit: before it counts as done';
    report({ path: ['onRefusal'], message });
  }
}

interface Transacting extends Refusing {
  readonly produces: boolean;
  readonly transactionTimeout?: number | undefined;
  readonly group?: { readonly assignment: string } | undefined;
}

export function checkTransactions(
  { report }: TargetCheck,
  { commit, produces, transactionTimeout, onRefusal, group }: Transacting,
): void {
  if (commit !== 'transaction') {
    const message = 'needs commit: transaction';
    if (transactionTimeout !== undefined) report({ path: ['transactionTimeout'], message, atKey: true });
    return;
  }
  if (!produces) report({ path: ['commit'], message: 'transaction needs produces: true: it joins two writes' });
  if (group?.assignment === 'cooperative') {
    const message =
      'cooperative does not go with commit: transaction: its library says nothing of the round that takes partitions away';
    report({ path: ['group', 'assignment'], message });
  }
  if (onRefusal !== 'deadLetter' && onRefusal !== 'retryTopic') return;
  report({ path: ['onRefusal'], message: `${onRefusal} writes outside of the transaction` });
}
