/** Targets whose state is a log of events: the words, and what does not go with them. */
import { z } from 'zod';
import type { TargetCheck } from '../protocols/protocol-definition.ts';
import { hasLog, type LogKind } from '../state-settings.ts';
import { object, wholeNumber } from './fields.ts';

export const mostHistory = 1_000_000;

const logTexts = {
  stream: 'stream: a stream of RabbitMQ, which keeps every event',
  full: 'full: a topic of one partition that keeps every event',
  compacted: 'compacted: one that keeps the last event of each order and account, so that history is lost on purpose',
} as const satisfies Record<LogKind, string>;

/** `logs`: those that its broker has, the usual one first. */
export function stateShape<const Kind extends LogKind>(logs: readonly [Kind, ...Kind[]]) {
  return {
    state: z
      .literal('log')
      .optional()
      .describe(
        'log: our service appends each change to a log in its broker before it answers, holds what the log comes to in memory, and folds it anew when it starts. Left out: `store` says where its state is.',
      ),
    snapshot: z
      .union(
        [z.literal('none'), object({ every: wholeNumber(1, 10_000_000).describe('Events from one to the next.') })],
        {
          error: 'expected none or { every: 10000 }',
        },
      )
      .optional()
      .meta({ default: 'none' })
      .describe(
        'With state: log: what the log has come to, written to a file every so many events; a service that starts folds what came after it. none: it folds all of the log.',
      ),
    log: z
      .enum(logs)
      .optional()
      .meta({ default: logs[0] })
      .describe(`With state: log. ${logs.map((kind) => logTexts[kind]).join('; ')}.`),
  };
}

/** Keys of it, which only mean something for our own service. */
export const stateKeys = ['state', 'snapshot', 'log'] as const;

interface Stateful {
  readonly address?: string | undefined;
  readonly state?: 'log' | undefined;
  readonly store?: string | undefined;
  readonly instances?: number | undefined;
  readonly flow?: unknown;
  readonly chain?: unknown;
}

export function checkState({ has, report }: TargetCheck, target: Stateful): void {
  if (target.address !== undefined) return; // told by who checks own systems
  if (!hasLog(target)) {
    for (const key of ['snapshot', 'log']) {
      if (has([key])) report({ path: [key], message: 'needs state: log', atKey: true });
    }
    return;
  }
  const complain = (key: string, message: string) => report({ path: [key], message, atKey: true });
  if (has(['store'])) complain('store', 'and state: log exclude each other: they say where the state is');
  if ((target.instances ?? 1) > 1) complain('instances', 'must be 1 with state: log, whose log has one writer');
  for (const key of ['flow', 'chain'] as const) {
    if (target[key] !== undefined) complain('state', `is of a service of its own; the parts of a ${key} keep theirs`);
  }
}
