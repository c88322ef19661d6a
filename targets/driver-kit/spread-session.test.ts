import { expect, it } from 'vitest';
import type { QueueRequest, QueueTarget } from '../../scenarios/scenario.ts';
import type { Call, Driver, DriverContext, Session } from '../driver.ts';
import { directQueue, directStream } from '../driver-suite/direct-targets.ts';
import { openSpread } from './spread-session.ts';

const request = (routingKey: string): QueueRequest => ({ exchange: '', routingKey, body: '', headers: {} });
const calls = Array.from({ length: 4 }, (): Call => {
  return { operation: 0, id: '', key: '', sequence: 0, payload: 0, attempt: 1, random: 0 };
});
const sink = {
  ...{ sent: () => undefined, unsent: () => undefined, resent: () => undefined },
  ...{ acknowledged: () => undefined, retryAfter: () => undefined, completed: () => undefined },
};

/** Says what each session was opened for, and what it was told. */
class Noted {
  readonly told: string[] = [];
  closed = 0;
  refusesAt = Number.POSITIVE_INFINITY;
  #opened = 0;

  readonly driver: Driver = {
    protocol: 'queue',
    open: async ({ operations }: DriverContext): Promise<Session> => {
      const number = this.#opened++;
      if (number === this.refusesAt) throw new Error('refused');
      const [operation] = operations;
      const place = (operation?.request as QueueRequest | undefined)?.routingKey;
      return {
        start: (slot) => void this.told.push(`start ${slot} at ${number}, ${place}`),
        abort: (slot) => void this.told.push(`abort ${slot} at ${number}`),
        completion: () => 'acknowledged',
        blockedPublishers: () => ({ times: 1, durationMs: 10 * number, reason: `of ${number}` }),
        reconnects: () => 1,
        close: async () => void this.closed++,
      };
    },
  };

  open(target: DriverContext['target'], topics: readonly string[], workers = 1, worker = 0): Promise<Session> {
    const requests = topics.map(request);
    const operation = {
      index: 0,
      name: 'placeOrder',
      pattern: 'one-way',
      request: requests[0] as QueueRequest,
    } as const;
    const operations = [{ ...operation, ...(topics.length > 1 && { requestsByTopic: requests }) }];
    const context = { target, address: '', operations, payloads: [[]], calls, sink, trialTag: '', worker, workers };
    return openSpread(this.driver, context, new AbortController().signal);
  }

  /** One operation of each key; where it went. */
  start(session: Session, ...keys: readonly string[]): string[] {
    return keys.map((key) => {
      (calls[0] as Call).key = key;
      session.start(0);
      return this.told.at(-1) ?? '';
    });
  }
}

const many = (producers: number): QueueTarget => ({ ...directQueue, producers });

const keys = Array.from({ length: 400 }, (_, n) => `customer-${n.toString().padStart(6, '0')}`);
const shareOf = (places: readonly string[], place: string) =>
  places.filter((one) => one === place).length / places.length;

it('is the driver’s own session where there is one place and one client', async () => {
  const noted = new Noted();
  const places = noted.start(await noted.open(directQueue, ['a']), ...keys);
  expect(shareOf(places, 'start 0 at 0, a')).toBe(1);
});

it('deals keys out to the topics, and to the producers of each, about alike', async () => {
  const noted = new Noted();
  const session = await noted.open(many(2), ['a', 'b']);
  const places = noted.start(session, ...keys);
  for (const place of ['start 0 at 0, a', 'start 0 at 1, b', 'start 0 at 2, a', 'start 0 at 3, b']) {
    expect(shareOf(places, place)).toBeGreaterThan(0.15);
    expect(shareOf(places, place)).toBeLessThan(0.35);
  }
  expect([session.reconnects(), session.blockedPublishers?.()?.reason]).toEqual([4, 'of 3']);
  await session.close();
  expect(noted.closed).toBe(4);
});

it('sends all of a key the same way, and gives up where it began', async () => {
  const noted = new Noted();
  const session = await noted.open(directStream, ['a', 'b']);
  const [first, again] = noted.start(session, 'customer-7', 'customer-7');
  expect(again).toBe(first);
  const other = keys.find((key) => noted.start(session, key)[0] !== first) ?? '';
  noted.start(session, 'customer-7');
  (calls[0] as Call).key = other;
  session.abort(0);
  expect(noted.told.at(-1)).toBe(`abort 0 ${/at \d/.exec(first ?? '')?.[0]}`);
});

it('shares producers out over the load threads, one each at least', async () => {
  const opened = async (producers: number, workers: number, worker: number) => {
    const noted = new Noted();
    await (await noted.open(many(producers), ['a'], workers, worker)).close();
    return noted.closed;
  };
  expect(await Promise.all([opened(3, 2, 0), opened(3, 2, 1), opened(1, 2, 1)])).toEqual([2, 1, 1]);
});

it('leaves nothing open when one cannot be', async () => {
  const noted = new Noted();
  noted.refusesAt = 1;
  await expect(noted.open(many(3), ['a'])).rejects.toThrow('refused');
  expect(noted.closed).toBe(2);
});
