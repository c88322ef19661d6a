import { expect, it } from 'vitest';
import { WatermarkOffsets } from './watermark-offsets.ts';

it('commits up to the first message that is still being handled, for each partition on its own', () => {
  const offsets = new WatermarkOffsets();
  const [first, second, third] = [10n, 11n, 12n].map((offset) => offsets.begin(0, offset, 4)) as (() => void)[];
  const other = offsets.begin(1, 7n, 4);
  second?.();
  other();
  expect(offsets.take()).toEqual([{ partition: 1, offset: 8n, leaderEpoch: 4 }]);
  first?.();
  expect(offsets.take()).toEqual([{ partition: 0, offset: 12n, leaderEpoch: 4 }]);
  expect(offsets.take()).toEqual([]);
  third?.();
  expect(offsets.take()).toEqual([{ partition: 0, offset: 13n, leaderEpoch: 4 }]);
});

it('forgets what belongs to a lost assignment', () => {
  const offsets = new WatermarkOffsets();
  const done = offsets.begin(0, 1n, 0);
  offsets.clear();
  done();
  expect(offsets.take()).toEqual([]);
});

it('keeps what came of each until that is committed, and of no partition that was taken away meanwhile', () => {
  const offsets = new WatermarkOffsets<string>();
  const done = [10n, 11n, 12n].map((offset) => offsets.begin(0, offset, 4));
  offsets.begin(1, 7n, 4)('other');
  done[2]?.('third');
  done[0]?.('first');
  const ready = () => offsets.ready().map(({ position, outcomes }) => [position.partition, position.offset, outcomes]);
  const before = offsets.ready();
  expect(ready()).toEqual([
    [0, 11n, ['first']],
    [1, 8n, ['other']],
  ]);
  expect(ready()).toHaveLength(2);
  offsets.keepOnly(new Set([0]));
  offsets.begin(1, 7n, 4)('again');
  for (const { forget } of before) forget();
  done[1]?.('second');
  expect(ready()).toEqual([
    [0, 13n, ['second', 'third']],
    [1, 8n, ['again']],
  ]);
});
