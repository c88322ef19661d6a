import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { chunkOperations } from './log-chunk.ts';
import { LoggedOperations } from './logged-operations.ts';
import { OperationLog } from './operation-log.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Operations that end at once, every other one acknowledged. */
function play(log: OperationLog, operations: number): number[] {
  return Array.from({ length: operations }, (_, n) => {
    const sequence = log.append(n * 100, 1, n, 2);
    log.sent(sequence, n * 100 + 10);
    log.sent(sequence, n * 100 + 99);
    if (n % 2 === 0) log.acknowledged(sequence, n * 100 + 20);
    return sequence;
  });
}

function line(logged: LoggedOperations, sequence: number): number[] {
  return [
    ...[logged.intendedUs(sequence), logged.sentAfterUs(sequence), logged.acknowledgedAfterUs(sequence)],
    ...[logged.key(sequence), logged.operation(sequence), logged.payload(sequence)],
  ];
}

describe('OperationLog', () => {
  it('keeps a line an operation, also beyond its first chunk, and the first time of each kind', () => {
    const log = new OperationLog(3, true);
    const sequences = play(log, 10_001);
    const logged = new LoggedOperations(log.toData());
    expect(sequences.at(-1)).toBe(10_000);
    expect([logged.producer, logged.length]).toEqual([3, 10_001]);
    expect(line(logged, 10_000)).toEqual([1e6, 10, 20, 10_000, 1, 2]);
    expect(line(logged, 9_999)).toEqual([999_900, 10, Number.NaN, 9_999, 1, 2]);
    expect(log.countAcknowledged()).toBe(5_001);
  });

  it('gives the same sequences and keeps nothing where nobody reconciles it', () => {
    const log = new OperationLog(3, false, join(folder, 'none'));
    expect(play(log, 10_001)).toEqual(play(new OperationLog(3, true), 10_001));
    expect(log.toData()).toEqual({ producer: 3, length: 0, chunks: [], path: null });
    expect(log.countAcknowledged()).toBe(0);
  });

  it('makes no file for what is short', () => {
    const log = new OperationLog(3, true, join(folder, 'short'));
    play(log, 2 * chunkOperations);
    expect(log.toData().path).toBeNull();
    expect(existsSync(join(folder, 'short'))).toBe(false);
  });

  it('has what is long in a file, line for line what it would have in memory', () => {
    const path = join(folder, 'long');
    const operations = 40 * chunkOperations + 7;
    const log = new OperationLog(3, true, path);
    play(log, operations);
    const data = log.toData();
    expect([data.path, data.chunks]).toEqual([path, []]);
    expect(statSync(path).size).toBe(41 * chunkOperations * 22);
    const kept = new OperationLog(3, true);
    play(kept, operations);
    const [found, expected] = [new LoggedOperations(data), new LoggedOperations(kept.toData())];
    expect(log.countAcknowledged()).toBe(kept.countAcknowledged());
    // Forwards, and then here and there.
    const places = Array.from({ length: 500 }, (_, n) => (n * 104_729) % operations);
    for (const sequence of [...[...places].sort((a, b) => a - b), ...places, operations - 1]) {
      expect(line(found, sequence)).toEqual(line(expected, sequence));
    }
  });

  it('takes a late word of an operation that is in the file already', () => {
    const log = new OperationLog(3, true, join(folder, 'late'));
    const slow = log.append(0, 1, 5, 6);
    const refused = log.append(1, 1, 5, 6);
    log.acknowledged(refused, 11);
    play(log, 30 * chunkOperations);
    const before = log.countAcknowledged();
    log.sent(slow, 7e6);
    log.acknowledged(slow, 9e6);
    log.acknowledged(slow, 10e6);
    log.refused(refused);
    log.refused(refused);
    expect(log.countAcknowledged()).toBe(before);
    const logged = new LoggedOperations(log.toData());
    expect(line(logged, slow)).toEqual([0, 7e6, 9e6, 5, 1, 6]);
    expect(line(logged, refused)).toEqual([1, Number.NaN, Number.NaN, 5, 1, 6]);
  });
});
