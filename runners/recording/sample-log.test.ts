import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type Sample, SampleLog } from './sample-log.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-samples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sample: Sample = {
  ...{ operation: 1, phase: 0, id: 'a-1', key: 'key-"7"', outcome: 'failed', reason: 'said "no"\n', attempts: 2 },
  ...{ intendedUs: -12.6, sentUs: 3.4, firstByteUs: 5, acknowledgedUs: null, completedUs: 90 },
};

function open(path: string, worker = 0): SampleLog {
  return new SampleLog({ path, trial: 'rest-calm-1' }, worker, ['place', 'get'], ['warmup', 'steady']);
}

function linesOf(path: string) {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

it('writes a line of JSON for each operation, with whole microseconds', () => {
  const path = join(folder, 'one.ndjson');
  const log = open(path, 3);
  log.add(sample);
  log.add({ ...sample, operation: 0, phase: 1, outcome: 'ok', reason: '' });
  expect(log.close()).toEqual({ lines: 2, trouble: null });
  expect(linesOf(path)).toEqual([
    {
      ...{ trial: 'rest-calm-1', worker: 3, operation: 'get', phase: 'warmup', id: 'a-1', key: 'key-"7"' },
      ...{ outcome: 'failed', reason: 'said "no"\n', attempts: 2 },
      ...{ intendedUs: -13, sentUs: 3, firstByteUs: 5, acknowledgedUs: null, completedUs: 90 },
    },
    expect.objectContaining({ operation: 'place', phase: 'steady', outcome: 'ok', reason: null }),
  ]);
});

it('is in the file long before it is closed, and shares the file with other workers line by line', () => {
  const path = join(folder, 'shared.ndjson');
  writeFileSync(path, '');
  const logs = [open(path, 0), open(path, 1)];
  for (let n = 0; n < 5_000; n++) for (const log of logs) log.add({ ...sample, id: `op-${n}` });
  expect(linesOf(path).length).toBeGreaterThan(8_000);
  for (const log of logs) log.close();
  const lines = linesOf(path);
  expect(lines).toHaveLength(10_000);
  for (const worker of [0, 1]) {
    const ids = lines.filter((line) => line.worker === worker).map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: 5_000 }, (_, n) => `op-${n}`));
  }
});

it('ends its lines on a full disk, and says so', () => {
  const log = open('/dev/full');
  for (let n = 0; n < 1_000; n++) log.add(sample);
  expect(log.close().trouble).toContain('ENOSPC');
});
