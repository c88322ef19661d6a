import { expect, it } from 'vitest';
import type { BacklogGauge } from '../../targets/backlog-gauge.ts';
import { until } from '../../targets/process/until.ts';
import { BacklogWatch } from './backlog-watch.ts';

/** Says n at its nth reading, unless that is refused. */
function counting(refuses: (reading: number) => boolean = () => false) {
  let readings = 0;
  let closed = 0;
  const gauge: BacklogGauge = {
    async read() {
      readings++;
      if (refuses(readings)) throw new Error('the broker is down');
      return readings;
    },
    async close() {
      closed++;
    },
  };
  return { gauge, readings: () => readings, closed: () => closed };
}

it('keeps every reading in the order of time and closes the gauge', async () => {
  const { gauge, readings, closed } = counting();
  const watch = new BacklogWatch(gauge, { everyMs: 1, mostSamples: 100, settleMs: 0 });
  await until('some readings', () => readings() >= 5);
  const samples = await watch.stop();
  expect(samples.map(({ messages }) => messages)).toEqual(Array.from({ length: readings() }, (_, n) => n + 1));
  expect(samples.map(({ atUs }) => atUs)).toEqual(samples.map(({ atUs }) => atUs).sort((a, b) => a - b));
  expect(closed()).toBe(1);
});

it('has no sample of a time at which the broker could not say', async () => {
  const { gauge, readings } = counting((reading) => reading === 2 || reading === 3);
  const watch = new BacklogWatch(gauge, { everyMs: 1, mostSamples: 100, settleMs: 0 });
  await until('some readings', () => readings() >= 5);
  const samples = await watch.stop();
  expect(samples.map(({ messages }) => messages).slice(0, 3)).toEqual([1, 4, 5]);
});

it('keeps the peaks of a long trial within its bound', async () => {
  const { gauge, readings } = counting();
  const watch = new BacklogWatch(gauge, { everyMs: 0, mostSamples: 100, settleMs: 0 });
  await until('more than are kept', () => readings() > 250);
  const samples = await watch.stop();
  expect(samples.length).toBeLessThan(100);
  expect(samples.slice(0, 2).map(({ messages }) => messages % 4)).toEqual([0, 0]);
  expect(samples.at(-1)?.messages).toBe(readings());
});

it('ends although the gauge never answers', async () => {
  const watch = new BacklogWatch({ read: () => new Promise<number>(() => undefined), close: async () => undefined });
  expect(await watch.stop()).toEqual([]);
});

it('reads a last time when it finishes', async () => {
  const { gauge, readings, closed } = counting();
  const watch = new BacklogWatch(gauge, { everyMs: 60_000, mostSamples: 100, settleMs: 20 });
  await until('the first reading', () => readings() === 1);
  const { samples, atEnd } = await watch.finish();
  expect(samples.map(({ messages }) => messages)).toEqual([1, 2]);
  expect(atEnd).toBe(2);
  expect(closed()).toBe(1);
});

it('knows nothing of the end when the broker is down then, whatever it said before', async () => {
  const { gauge, readings } = counting((reading) => reading > 1);
  const watch = new BacklogWatch(gauge, { everyMs: 60_000, mostSamples: 100, settleMs: 20 });
  await until('the first reading', () => readings() === 1);
  const { samples, atEnd } = await watch.finish();
  expect(samples.map(({ messages }) => messages)).toEqual([1]);
  expect(atEnd).toBeNull();
});
