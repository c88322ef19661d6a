import { expect, it } from 'vitest';
import { closedByBroker } from './closed-by-broker.ts';

const byServer = (code: string, text: string) => new Error(`Channel closed by server: ${code} with message "${text}"`);

it.each([
  ['404 (NOT-FOUND)', "NOT_FOUND - no exchange 'none-7' in vhost '/'", 'channel closed: NOT_FOUND - no exchange'],
  [
    '406 (PRECONDITION-FAILED)',
    'PRECONDITION_FAILED - unknown delivery tag 5',
    'channel closed: PRECONDITION_FAILED - unknown delivery tag',
  ],
  [
    '403 (ACCESS-REFUSED)',
    "ACCESS_REFUSED - access to exchange 'x' refused",
    'channel closed: ACCESS_REFUSED - access to exchange',
  ],
])('says %s in the broker’s own words, without names and numbers', (code, text, expected) => {
  expect(closedByBroker('channel', byServer(code, text))).toBe(expected);
});

it('says no more than that it closed where the broker gave no reason', () => {
  expect(closedByBroker('connection', new Error('read ECONNRESET'))).toBe('connection closed');
});
