import { describe, expect, it } from 'vitest';
import type { RestRequest } from '../../scenarios/scenario.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { restDriver } from '../rest/driver.ts';
import { undiciDriver } from '../rest/undici-driver.ts';

const bad: RestRequest = { method: 'GET', path: '/', headers: { 'x-note': '{{payload}}' }, expect: { status: [200] } };

describe.each([
  ['own', restDriver, {}],
  ['own over HTTP/2', restDriver, { http: 2 }],
  ['undici', undiciDriver, {}],
] as const)('client %s', (_, driver, more) => {
  it('says of a request that cannot be sent which one it is, and where it is written', async () => {
    const opening = RecordedSession.open({
      ...{ driver, address: '127.0.0.1:1' },
      target: {
        ...{ name: 'shop', protocol: 'rest', engine: 'native', via: 'direct', connections: 1 },
        ...{ address: 'http://127.0.0.1:1', ...more },
      },
      operations: { note: { pattern: 'request-reply', request: bad } },
      payloads: { note: [Buffer.from('two\nlines')] },
    });
    await expect(opening).rejects.toMatchObject({
      message: expect.stringMatching(/^Target shop, operation note: This request cannot be sent: its header "x-note"/),
      hint: 'Change it under `targets.shop.requests.note` in the scenario.',
      exitCode: 2,
    });
  });
});
