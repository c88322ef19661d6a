/** For tests: a folder of their own with scenarios in it, `bench` run on them, and what it left. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import type { RunResult } from '../result/result-types.ts';
import { type BenchExit, runBench } from './bench-process.ts';

/** A busy machine may make a trial invalid, which ends a run with 5 and is no matter where something else is tested. */
export const measuredExits = [0, 5];

export interface PlayedRun extends BenchExit {
  readonly out: string;
  readonly result: RunResult;
}

export interface BenchRig {
  readonly folder: string;
  /** Writes a file of the folder, and resolves its path. */
  write(name: string, text: string): string;
  /** A result folder that is not there yet. */
  newOut(): string;
  read(out: string): RunResult;
  /** Runs a scenario given as text, and has all of the report printed. Expects that it was measured, and that nothing is called a bug of ours. */
  play(scenario: string, args?: readonly string[], command?: string): Promise<PlayedRun>;
}

/** The folder is removed when the tests of the file are over. */
export function benchRig(name: string): BenchRig {
  const folder = mkdtempSync(join(os.tmpdir(), `wirebench-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let outs = 0;
  const rig: BenchRig = {
    folder,
    write(file, text) {
      const path = join(folder, file);
      writeFileSync(path, text);
      return path;
    },
    newOut: () => join(folder, `out-${outs++}`),
    read: (out) => JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as RunResult,
    async play(scenario, args = [], command = 'run') {
      const out = rig.newOut();
      const path = rig.write(`scenario-${outs}.yaml`, scenario);
      const exit = await runBench([command, path, '--yes', '--full', '--out', out, ...args]);
      expect(exit.stderr).not.toMatch(/bug of Wirebench/);
      expect(measuredExits, exit.stderr).toContain(exit.code);
      return { ...exit, out, result: rig.read(out) };
    },
  };
  return rig;
}
