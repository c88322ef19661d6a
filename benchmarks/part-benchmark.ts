/** Plays one protocol's comparisons: servers up, rounds, servers down. */
import type { Benchmark } from './benchmark.ts';
import { type ComparisonSummary, goalLinesOf, playComparisons } from './comparison.ts';
import { comparisonTable } from './comparison-table.ts';
import type { Part } from './part.ts';

const setUpSeconds = 8;

export function partBenchmark({ task, roundSeconds, prepare }: Part): Benchmark {
  const playingSeconds = (rounds: number) => roundSeconds.first + (rounds - 1) * roundSeconds.later;
  return {
    describe: task,
    expectedSeconds: ({ rounds }) => setUpSeconds + playingSeconds(rounds),
    async run({ directory, log, signal, rounds }) {
      const { comparisons, versions, stop } = await prepare({ directory, log, signal });
      // A slow machine gets fewer rounds, so that the whole ends when it was said to.
      const deadlineMs = playingSeconds(rounds) * 1e3;
      let summaries: ComparisonSummary[];
      try {
        summaries = await playComparisons(comparisons, { rounds, deadlineMs, log, signal });
      } finally {
        await stop();
      }
      return {
        text: [task, '', ...summaries.map(comparisonTable)].join('\n'),
        goals: summaries.flatMap(goalLinesOf),
        data: { task, versions, comparisons: summaries },
      };
    },
  };
}
