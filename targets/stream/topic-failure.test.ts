import { expect, it } from 'vitest';
import { loginFailureOf } from './login-failure.ts';
import { topicFailureOf } from './topic-failure.ts';

const clerk = { mechanism: 'plain', username: 'clerk', password: 'x' } as const;
const token = { mechanism: 'oauthbearer', token: 'x' } as const;
/** As the libraries wrap it. */
const said = (text: string) => new Error('all failed', { cause: new AggregateError([new Error(text)]) });

it.each([
  ['Topic authorization failed.', ['orders'], clerk, 'user clerk may not use topic orders'],
  [
    'Not authorized to access topics: [Topic authorization failed]',
    ['a', 'b'],
    token,
    'the token may not use topics a, b',
  ],
  ['Group authorization failed.', ['orders'], undefined, 'a client without a login may not read by a consumer group'],
  ['Unknown topic b.', ['a', 'b'], clerk, 'topic b is not there'],
  ['This server does not host this topic-partition', ['a'], clerk, 'topic a is not there'],
  ['This server does not host this topic-partition', ['a', 'b'], clerk, 'topics a, b are not all there'],
  ['connect ECONNREFUSED 127.0.0.1:9092', ['a'], clerk, undefined],
])('%s: of %j', (text, topics, sasl, why) => {
  expect(topicFailureOf(said(text), topics, sasl)?.why).toBe(why);
});

it.each([
  [clerk, 'no login is taken on that port'],
  [token, 'the broker refuses the token (oauthbearer), or no login is taken on that port'],
])('a login that is out of place is told: $0.mechanism', (sasl, why) => {
  expect(loginFailureOf(said('Request is not valid given the current SASL state.'), sasl)).toBe(why);
});
