/** Plays one protocol's comparisons: servers up, rounds, servers down. */
import type { Benchmark } from './benchmark.ts';
import { type ComparisonSummary, playComparisons } from './comparison.ts';
import { comparisonTable } from './comparison-table.ts';
import type { Part } from './part.ts';

/** No round begins that would end later; a whole part stays below four minutes, installing left out. */
const playingMs = 225_000;

export function partBenchmark({ task, prepare }: Part): Benchmark {
  return {
    describe: task,
    async run({ directory, log, signal, rounds }) {
      const { comparisons, versions, stop } = await prepare({ directory, log, signal });
      let summaries: ComparisonSummary[];
      try {
        summaries = await playComparisons(comparisons, { rounds, deadlineMs: playingMs, log, signal });
      } finally {
        await stop();
      }
      return {
        text: [task, '', ...summaries.map(comparisonTable)].join('\n'),
        data: { task, versions, comparisons: summaries },
      };
    },
  };
}
