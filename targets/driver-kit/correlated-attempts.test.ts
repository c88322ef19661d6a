import { expect, it } from 'vitest';
import { outcomes } from '../driver.ts';
import { CorrelatedAttempts } from './correlated-attempts.ts';

/** Operation 0 ends at the acknowledgement, 1 at the reply; slot n holds operation n. */
function recording() {
  const reports: string[] = [];
  const attempts = new CorrelatedAttempts({
    slots: 2,
    prefix: 'trial.0',
    completions: ['acknowledged', 'replied'],
    operationOf: (slot) => slot,
    sink: {
      sent: (slot) => void reports.push(`sent ${slot}`),
      resent: () => undefined,
      unsent: (slot) => void reports.push(`unsent ${slot}`),
      acknowledged: (slot) => void reports.push(`acknowledged ${slot}`),
      retryAfter: (slot, ms) => void reports.push(`retryAfter ${slot} ${ms}`),
      completed: (slot, outcome, reason, retryable) => {
        reports.push(`completed ${slot} ${outcome} ${reason}${retryable ? ' again' : ''}`);
      },
    },
  });
  const begin = (slot: number) => {
    attempts.begin(slot);
    return { generation: attempts.send(slot), id: attempts.correlationId(slot) };
  };
  return { reports, attempts, begin };
}

it('ends a hand-over at its acknowledgement, a request at its reply', () => {
  const { reports, attempts, begin } = recording();
  attempts.acknowledge(0, begin(0).generation);
  const { generation, id } = begin(1);
  attempts.acknowledge(1, generation);
  attempts.answer(id, 'created');
  expect(reports).toEqual([
    'sent 0',
    `completed 0 ${outcomes.ok} `,
    'sent 1',
    'acknowledged 1',
    `completed 1 ${outcomes.ok} `,
  ]);
});

it('says nothing more of an attempt that has ended: a reply may come before the acknowledgement, or twice', () => {
  const { reports, attempts, begin } = recording();
  const { generation, id } = begin(1);
  attempts.answer(id, undefined);
  attempts.answer(id, undefined);
  attempts.acknowledge(1, generation);
  attempts.fail(1, generation, 'late', true);
  attempts.failAll('connection closed');
  expect(reports).toEqual(['sent 1', `completed 1 ${outcomes.ok} `]);
});

it('takes nothing that belongs to an earlier attempt in the slot', () => {
  const { reports, attempts, begin } = recording();
  const first = begin(1);
  attempts.forget(1);
  attempts.answer(first.id, 'ok');
  const second = begin(1);
  attempts.answer(first.id, 'ok');
  attempts.acknowledge(1, first.generation);
  attempts.failById(first.id, 'unroutable', false);
  expect(reports).toEqual(['sent 1', 'sent 1']);
  attempts.failById(second.id, 'unroutable', false);
  expect(reports.at(-1)).toBe(`completed 1 ${outcomes.failed} unroutable`);
});

it.each([
  undefined,
  7,
  '',
  'trial.0.',
  'trial.0.1',
  'trial.0.1.',
  'trial.0.1.2',
  'trial.0.9.1',
  'trial.0.x.y',
  'trial.1.1.1',
  'trial.01.1.1',
  'other.0.1.1',
  'trial.0.1.1.1',
])('passes over an answer to %j', (id) => {
  const { reports, attempts, begin } = recording();
  expect(begin(1).id).toBe('trial.0.1.1');
  attempts.answer(id, 'ok');
  expect(reports).toEqual(['sent 1']);
});

it('tells a refusal that may pass from one that stands', () => {
  const { reports, attempts, begin } = recording();
  attempts.answer(begin(1).id, 'unavailable');
  attempts.answer(begin(1).id, 'notFound');
  expect(reports.filter((report) => report.startsWith('completed'))).toEqual([
    `completed 1 ${outcomes.rejected} reply unavailable again`,
    `completed 1 ${outcomes.rejected} reply notFound`,
  ]);
});

it('fails all that is in flight once, and leaves alone what waits', () => {
  const { reports, attempts, begin } = recording();
  begin(0);
  attempts.begin(1);
  attempts.failAll('connection closed');
  attempts.failAll('connection closed');
  expect(reports).toEqual(['sent 0', `completed 0 ${outcomes.failed} connection closed again`]);
  expect(attempts.isWaiting(1)).toBe(true);
});

it('takes a refusal that overtakes the confirm for one: the broker had the message', () => {
  const { reports, attempts, begin } = recording();
  attempts.answer(begin(1).id, 'unavailable');
  expect(reports).toEqual(['sent 1', 'acknowledged 1', `completed 1 ${outcomes.rejected} reply unavailable again`]);
});

it('hands on what a reply said, where somebody asks', () => {
  const told: unknown[] = [];
  const attempts = new CorrelatedAttempts({
    ...{ slots: 1, prefix: 'trial.0', completions: ['replied'], operationOf: () => 0 },
    sink: {
      ...{ sent: () => undefined, resent: () => undefined, unsent: () => undefined },
      ...{ acknowledged: () => undefined, retryAfter: () => undefined },
      completed: (_slot, _outcome, reason, _again, tell) => void told.push(reason, tell?.()),
    },
  });
  attempts.begin(0);
  attempts.send(0);
  attempts.answer(attempts.correlationId(0), 'conflict', () => ({ head: 'code: conflict', body: 'no' }));
  expect(told).toEqual(['reply conflict', { head: 'code: conflict', body: 'no' }]);
});
