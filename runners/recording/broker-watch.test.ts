import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { until } from '../../targets/process/until.ts';
import { BrokerWatch } from './broker-watch.ts';

const directory = mkdtempSync(join(tmpdir(), 'wirebench-space-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('sums what all nodes hold and have written, and tells start, highest and end', async () => {
  const resident = [100, 200];
  let looked = 0;
  const node = (n: number) => ({
    residentBytes() {
      looked++;
      return resident[n] ?? null;
    },
  });
  const [first, second] = ['one', 'two'].map((name) => join(directory, name)) as [string, string];
  for (const folder of [first, second]) mkdirSync(join(folder, 'within'), { recursive: true });
  const watch = new BrokerWatch([node(0), node(1)], [first, second]);
  await until('it has looked', () => looked >= 2);
  await until('the first look is over', () => new Promise<true>((resolve) => setTimeout(() => resolve(true), 100)));
  writeFileSync(join(second, 'within', 'log'), Buffer.alloc(100_000, 1));
  resident[0] = 50;
  const { memory, disk } = await watch.stop();
  expect(memory).toEqual({ startBytes: 300, highestBytes: 300, endBytes: 250 });
  expect(disk?.startBytes).toBe(0);
  expect(disk?.endBytes).toBeGreaterThanOrEqual(100_000);
  expect(disk?.highestBytes).toBe(disk?.endBytes);
});

it('has no sum while one of several nodes is gone, and knows nothing of what it cannot see', async () => {
  const watch = new BrokerWatch([{ residentBytes: () => 7 }, { residentBytes: () => null }], []);
  expect(await watch.stop()).toEqual({ memory: null, disk: null });
});
