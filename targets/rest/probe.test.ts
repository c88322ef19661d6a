import { afterEach, describe, expect, it } from 'vitest';
import type { RestClient, RestRequest } from '../../scenarios/scenario.ts';
import type { Driver } from '../driver.ts';
import { RawServer } from '../driver-suite/raw-server.ts';
import { restDriver } from './driver.ts';
import { undiciDriver } from './undici-driver.ts';

const fine = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const post: RestRequest = { method: 'POST', path: '/orders', headers: {}, body: '{}', expect: { status: [201] } };
const get: RestRequest = { method: 'GET', path: '/orders/{{id}}', headers: {}, expect: { status: [200] } };
const drivers: readonly (readonly [RestClient, Driver])[] = [
  ['own', restDriver],
  ['undici', undiciDriver],
];

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** A service that answers requests as `answers` says by method, and closes on what is not there. */
async function openTo(driver: Driver, client: RestClient, answers: Record<string, string>, requests: RestRequest[]) {
  const asked: string[] = [];
  const server = await RawServer.listen((socket) => {
    socket.on('data', (data) => {
      const [line = ''] = data.toString('latin1').split(' HTTP/1.1');
      asked.push(line);
      const answer = answers[line.split(' ')[0] as string];
      if (answer === undefined) socket.end();
      else socket.write(answer);
    });
  });
  cleanUp.push(() => server.close());
  const { address } = server;
  const session = await driver.open(
    {
      target: {
        ...{ name: 'shop', protocol: 'rest', engine: 'native', via: 'direct', connections: 2, client },
        address: `http://${address}/base`,
      },
      address,
      operations: requests.map((request, index) => ({ index, name: `op${index}`, pattern: 'request-reply', request })),
      payloads: requests.map(() => []),
      calls: [],
      sink: { sent: fail, unsent: fail, resent: fail, acknowledged: fail, retryAfter: fail, completed: fail },
      trialTag: 'probe',
      worker: 0,
      workers: 1,
    },
    new AbortController().signal,
  );
  cleanUp.push(() => session.close());
  return asked;
}

function fail(): never {
  throw new Error('nothing was started');
}

describe.each(drivers)('what the client %s asks first', (client, driver) => {
  it('is the head of a safe request of the target itself, which is none of the load', async () => {
    const head = 'HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n';
    expect(await openTo(driver, client, { HEAD: head }, [post, get])).toEqual(['HEAD /base/orders/probe']);
  });

  it.each([
    ['is closed on', {}],
    ['has no answer', { HEAD: '' }],
  ])('is that request where its head %s', async (_name, answers) => {
    const asked = await openTo(driver, client, { ...answers, GET: fine }, [post, get]);
    expect(asked).toEqual(['HEAD /base/orders/probe', 'GET /base/orders/probe']);
  });

  it('is nothing where each request changes something', async () => {
    expect(await openTo(driver, client, {}, [post])).toEqual([]);
  });

  it('is told where it had no answer', async () => {
    const opening = openTo(driver, client, { GET: 'HTTP/1.1 garbage\r\n\r\n' }, [get]);
    await expect(opening).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/cannot be used: .+ \(asked: GET \/orders\/probe\)$/),
    });
  });
});
