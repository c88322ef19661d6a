/**
 * Does a soak hold its memory? A run of eight hours is ended after five minutes; what an operation added to the resident
 * size of `bench run` by then is carried on. (A run planned for five minutes would fill what has a size for each run.)
 */

import { exitCodes } from '../result/bench-error.ts';
import type { Benchmark } from './benchmark.ts';
import { doubtsOf, type GoalLine, meets, outcomeOf } from './goal-line.ts';
import { runOurs } from './ours.ts';
import { rssBytes } from './process-memory.ts';
import { inWords, spreadOf } from './spread.ts';

const ratePerSecond = 5_000;
const fullSeconds = 300;
const soakSeconds = 8 * 3_600;
const soakOperations = soakSeconds * 2_000;
/** One byte for the ledger, a bit each for two counts of different operations: taken once, after the load. */
const reconciledBytesAnOperation = 1.25;
const goalMebibytes = 600;

export interface SoakSample {
  readonly atMs: number;
  readonly rssBytes: number;
}

export const soak: Benchmark = {
  describe: `memory of \`bench run\` with a ledger: REST at ${ratePerSecond}/s for five minutes, carried on to 8 h at 2,000/s`,
  expectedSeconds: ({ durationSeconds }) => (durationSeconds ?? fullSeconds) + 15,
  async run({ durationSeconds, signal }) {
    const seconds = durationSeconds ?? fullSeconds;
    const samples: SoakSample[] = [];
    let isOver = false;
    const watch = (pids: readonly number[], atMs: number) => {
      const [bench] = pids; // what is below it is the service
      if (bench === undefined || isOver) return;
      samples.push({ atMs, rssBytes: rssBytes([bench]) });
      isOver = atMs > seconds * 1e3;
      if (isOver) process.kill(bench, 'SIGINT');
    };
    const run = await runOurs(
      { scenario: 'soak', env: {}, exitCodes: [exitCodes.interrupted], watch },
      soakSeconds,
      signal,
    );
    const { completed, failed, verdict } = run;
    const line = soakLine(samples, seconds, verdict?.reasons ?? []);
    const text = [
      line.task,
      `  resident at its end ${inWords(line.beside?.figure ?? line.ours, 0)} MiB, ${slopeOf(samples, seconds).toFixed(2)} bytes more an operation`,
      `  after 8 h at 2,000/s, reconciled: ${inWords(line.ours, 0)} MiB, goal ≤ ${goalMebibytes}: ${outcomeOf(line)}`,
      `  ${completed.toLocaleString('en')} completed, ${failed} failed, the trial ${verdict?.status}`,
    ].join('\n');
    const timeline = samples.filter((_, index) => index % 20 === 0); // one a second
    return { text, goals: [line], data: { seconds, ratePerSecond, run: { completed, failed, verdict }, timeline } };
  },
};

/**
 * Bytes that each operation adds: how much higher the lowest resident size of the last third lies than that of the third
 * before it. What stays raises the floor; how far V8 lets its heap grow between two collections does not.
 */
export function slopeOf(samples: readonly SoakSample[], seconds: number): number {
  const floors = [1, 2].map((third) => {
    const inside = samples.filter(({ atMs }) => Math.floor((atMs * 3) / (seconds * 1e3)) === third);
    return Math.min(...inside.map(({ rssBytes: bytes }) => bytes));
  });
  const [middle = 0, last = 0] = floors;
  return (last - middle) / ((ratePerSecond * seconds) / 3);
}

/** A floor that falls over the run is taken as one that stays. */
export function soakLine(samples: readonly SoakSample[], seconds: number, reasons: readonly string[]): GoalLine {
  const atEnd = spreadOf(
    samples
      .filter(({ atMs }) => atMs > seconds * 900 && atMs <= seconds * 1e3)
      .map(({ rssBytes: bytes }) => bytes / 2 ** 20),
  );
  const more = soakOperations - seconds * ratePerSecond;
  const grownBytes = Math.max(0, slopeOf(samples, seconds)) * more + reconciledBytesAnOperation * soakOperations;
  const ours = spreadOf([atEnd.median + grownBytes / 2 ** 20]);
  return {
    task: `memory of a soak, from ${seconds} s of REST at ${ratePerSecond}/s`,
    figure: 'resident after 8 h at 2,000/s, MiB',
    ours,
    beside: { name: `after ${seconds} s`, figure: atEnd },
    measured: ours,
    sign: '≤',
    goal: goalMebibytes,
    isMet: meets(ours, '≤', goalMebibytes),
    doubts: doubtsOf([reasons]),
  };
}
