import { describe, expect, it } from 'vitest';
import type { Sasl } from '../../scenarios/scenario.ts';
import { deepestOf, loginFailureOf } from './login-failure.ts';

const plain: Sasl = { mechanism: 'plain', username: 'anna', password: 'of-hers' };
const token: Sasl = { mechanism: 'oauthbearer', token: 'of-hers' };
const refused = 'the broker refuses user anna (plain): not known, or the wrong password';

describe('a login that failed', () => {
  it.each([
    ['of kafkajs', new Error('SASL PLAIN authentication failed: Authentication failed'), plain, refused],
    [
      'of platformatic, wrapped',
      new Error('Cannot connect', { cause: new AggregateError([new Error('SASL_AUTHENTICATION_FAILED')]) }),
      plain,
      refused,
    ],
    [
      'for its mechanism',
      new Error('UNSUPPORTED_SASL_MECHANISM; enabled mechanisms are [SCRAM-SHA-256, SCRAM-SHA-512]'),
      plain,
      'the broker does not take the mechanism plain; it takes SCRAM-SHA-256, SCRAM-SHA-512',
    ],
    [
      'for its token',
      new Error('SASL_AUTHENTICATION_FAILED'),
      token,
      'the broker refuses the token (oauthbearer): not known, or the wrong password',
    ],
  ])('%s is told in plain words, without the secret', (_, error, sasl, text) => {
    expect(loginFailureOf(error, sasl)).toBe(text);
  });

  it('is no word for what failed otherwise, or where nobody logs in', () => {
    expect(loginFailureOf(new Error('connect ECONNREFUSED 127.0.0.1:9092'), plain)).toBeNull();
    expect(loginFailureOf(new Error('SASL_AUTHENTICATION_FAILED'), undefined)).toBeNull();
  });

  it('began with the innermost of its errors', () => {
    expect(deepestOf(new Error('outer', { cause: new Error('inner') }))).toBe('inner');
    expect(deepestOf('no error')).toBe('no error');
  });
});
