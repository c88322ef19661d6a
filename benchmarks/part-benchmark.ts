/** Plays one protocol's comparisons: servers up, rounds, servers down. */
import type { Benchmark } from './benchmark.ts';
import { type ComparisonSummary, playComparisons } from './comparison.ts';
import { comparisonTable } from './comparison-table.ts';
import { goalLinesOf } from './goal-line.ts';
import type { Part } from './part.ts';

const setUpSeconds = 8;
/** A machine so much slower than expected gets fewer rounds, so that the whole still ends about when it was said to. */
const patience = 1.25;

export function partBenchmark({ task, secondsPerRound, prepare }: Part): Benchmark {
  return {
    describe: task,
    expectedSeconds: ({ rounds }) => setUpSeconds + rounds * secondsPerRound,
    async run({ directory, log, signal, rounds }) {
      const { comparisons, versions, stop } = await prepare({ directory, log, signal });
      const deadlineMs = rounds * secondsPerRound * patience * 1e3;
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
