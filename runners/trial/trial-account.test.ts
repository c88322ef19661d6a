import { expect, it } from 'vitest';
import { withDeadLetters, withPending } from './trial-account.ts';

const ledger = {
  ...{ acknowledged: 10, received: 4, applied: 4, lost: 6, unacknowledgedButApplied: 0, duplicatesReceived: 0 },
  ...{ duplicatesApplied: 0, reordered: 0, corrupted: 0, acceptedOnly: 0, acceptedOnlyGone: 0, unknown: 0 },
  ...{ deadLettered: 0, refusedUnheard: 0 },
};

it.each([
  ['all of it', 6, { lost: 0, pendingInBroker: 6 }],
  ['some of it', 2, { lost: 4, pendingInBroker: 2 }],
  ['more than is missing, answers perhaps', 9, { lost: 0, pendingInBroker: 6 }],
  ['nothing', 0, { lost: 6, pendingInBroker: 0 }],
])('what still waits in the broker is not lost: %s', (_, pending, expected) => {
  expect(withPending(ledger, pending)).toMatchObject(expected);
});

it('is as it was where nobody knows what waits', () => {
  expect(withPending(ledger, null)).toBe(ledger);
});

it('may be what only our own socket had accepted', () => {
  const accepted = { ...ledger, lost: 0, acceptedOnly: 10, acceptedOnlyGone: 6 };
  expect(withPending(accepted, 2)).toMatchObject({ lost: 0, acceptedOnlyGone: 4, pendingInBroker: 2 });
});

it.each([
  ['all of them', 3, { lost: 6, deadLettered: 3 }],
  ['more, whose senders never heard that they were taken', 5, { lost: 6, deadLettered: 3 }],
  ['fewer: what is not there is lost', 1, { lost: 8, deadLettered: 1 }],
  ['nobody knows', null, { lost: 6, deadLettered: 3 }],
])('dead letters are what the broker has of them: %s', (_, counted, expected) => {
  expect(withDeadLetters({ ...ledger, deadLettered: 3 }, counted)).toMatchObject(expected);
});
