import { expect, it } from 'vitest';
import type { RestRequest, Target } from '../../scenarios/scenario.ts';
import { withUserAgent } from './user-agent.ts';

const target: Target = {
  ...{ name: 'own', protocol: 'rest', engine: 'native', via: 'direct', connections: 1 },
  userAgent: 'shop-test/1',
};
const request: RestRequest = { method: 'GET', path: '/', headers: { a: 'b' }, expect: { status: [200] } };

it('a target’s user-agent goes with every request that has none of its own', () => {
  expect(withUserAgent(target, request)).toMatchObject({ headers: { a: 'b', 'user-agent': 'shop-test/1' } });
  const own = { ...request, headers: { 'User-Agent': 'mine' } };
  expect(withUserAgent(target, own)).toBe(own);
});
