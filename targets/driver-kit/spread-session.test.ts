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

  start(session: Session, ...sequences: readonly number[]): void {
    for (const [slot, sequence] of sequences.entries()) {
      (calls[slot] as Call).sequence = sequence;
      session.start(slot);
    }
  }
}

const many = (producers: number): QueueTarget => ({ ...directQueue, producers });

it('is the driver’s own session where there is one place and one client', async () => {
  const noted = new Noted();
  noted.start(await noted.open(directQueue, ['a']), 0, 1);
  expect(noted.told).toEqual(['start 0 at 0, a', 'start 1 at 0, a']);
});

it('deals operations out to the topics in turn, and to the producers of each', async () => {
  const noted = new Noted();
  const session = await noted.open(many(2), ['a', 'b']);
  noted.start(session, 0, 1, 2, 3);
  expect(noted.told).toEqual(['start 0 at 0, a', 'start 1 at 1, b', 'start 2 at 2, a', 'start 3 at 3, b']);
  expect([session.reconnects(), session.blockedPublishers?.()?.reason]).toEqual([4, 'of 3']);
  await session.close();
  expect(noted.closed).toBe(4);
});

it('tries again where it tried before, and gives up there', async () => {
  const noted = new Noted();
  const session = await noted.open(directStream, ['a', 'b']);
  noted.start(session, 3);
  noted.start(session, 3);
  (calls[0] as Call).sequence = 4;
  session.abort(0);
  expect(noted.told).toEqual(['start 0 at 1, b', 'start 0 at 1, b', 'abort 0 at 1']);
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
