/** What is fetched of an agent is what its workers recorded, cell by cell, but for the clock. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { WorkerData } from '../load/worker-messages.ts';
import { LoggedOperations } from '../recording/logged-operations.ts';
import { Recorder } from '../recording/recorder.ts';
import { fetchRecords, type RecordsSource } from './fetch-records.ts';
import { recordedShape, recordedWorker } from './fixtures/recorded-worker.ts';
import { PackedRecords } from './packed-records.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-fetch-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const startUs = 77_123_456.25;
/** Of the agent's clock. A power of two, so that it is added and taken off without a rounding. */
const offsetUs = 2 ** 40;

function records(first: number, count: number, operations: number, ofClockUs = 0): WorkerData[] {
  return Array.from({ length: count }, (_, n) =>
    recordedWorker({ producer: first + n, operations, startUs: startUs + ofClockUs, seed: 9 }),
  );
}

function fetched(data: readonly WorkerData[], source: Partial<RecordsSource> = {}): Promise<WorkerData[]> {
  const packed = new PackedRecords(data);
  return fetchRecords(
    { workers: packed.workers(), cpu: null, throttled: null },
    { pull: async (message) => packed.pull(message), logPath: null, offsetAt: () => offsetUs, ...source },
  );
}

function linesOf({ log }: WorkerData) {
  const operations = new LoggedOperations(log);
  return Array.from({ length: log.length }, (_, sequence) => [
    operations.intendedUs(sequence),
    operations.sentAfterUs(sequence),
    operations.acknowledgedAfterUs(sequence),
    operations.key(sequence),
    operations.operation(sequence),
    operations.payload(sequence),
  ]);
}

const withoutLog = (data: readonly WorkerData[]) => data.map(({ log, ...rest }) => ({ ...rest, length: log.length }));

describe('fetchRecords', () => {
  it('brings what was recorded, in our time, and merged it is what one process would have recorded', async () => {
    const whole = records(0, 4, 9_000);
    const parts = await Promise.all([fetched(records(0, 1, 9_000, offsetUs)), fetched(records(1, 3, 9_000, offsetUs))]);
    const all = parts.flat();
    expect(withoutLog(all)).toEqual(withoutLog(whole));
    for (const [n, data] of all.entries()) expect(linesOf(data)).toEqual(linesOf(whole[n] as WorkerData));
    const merged = (data: readonly WorkerData[]) => {
      const recorder = new Recorder(recordedShape.phases, recordedShape.operations, recordedShape.blocks);
      for (const { recording } of data) recorder.add(recording);
      return recorder.toData();
    };
    expect(merged(all)).toEqual(merged(whole));
  });

  it('takes a long log from its file to a file', async () => {
    const operations = 9 * 8_192 + 5;
    const logPath = join(folder, 'theirs');
    const theirs = recordedWorker({ producer: 3, operations, startUs: startUs + offsetUs, seed: 4, logPath });
    expect(theirs.log.path).toBe(logPath);
    const [ours] = await fetched([theirs], { logPath: join(folder, 'tag') });
    if (ours === undefined) throw new Error('nothing came');
    expect(ours.log.path).toBe(join(folder, 'tag-3.operations'));
    expect(readFileSync(join(folder, 'tag-3.operations')).length).toBe(readFileSync(logPath).length);
    const [whole] = [recordedWorker({ producer: 3, operations, startUs, seed: 4 })];
    const [line, last] = [new LoggedOperations(ours.log), new LoggedOperations(whole.log)];
    for (const sequence of [0, 8_191, 8_192, operations - 1]) {
      expect(line.intendedUs(sequence)).toBe(last.intendedUs(sequence));
      expect(line.key(sequence)).toBe(last.key(sequence));
    }
  });

  it('is not content with records that changed on the way, or that end too soon', async () => {
    const data = records(0, 1, 200);
    const packed = new PackedRecords(data);
    const broken: RecordsSource['pull'] = async (message) => {
      const bytes = Uint8Array.from(packed.pull(message));
      if (message.chunk === undefined) return bytes;
      const other = new PackedRecords(records(0, 1, 201));
      return other.pull(message);
    };
    await expect(fetched(data, { pull: broken })).rejects.toMatchObject({ code: 'recordsDamaged' });
    const short: RecordsSource['pull'] = async () => new Uint8Array(0);
    await expect(fetched(data, { pull: short })).rejects.toMatchObject({ code: 'recordsDamaged' });
    const garbage: RecordsSource['pull'] = async (message) => packed.pull(message).map((byte) => byte ^ 0x55);
    await expect(fetched(data, { pull: garbage })).rejects.toMatchObject({ code: 'recordsDamaged' });
  });
});
