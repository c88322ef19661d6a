import { defineConfig } from 'vitest/config';

const integrationTests = '**/*.integration.test.ts';
/** Of more than a few seconds each: `npm run test:long` alone runs them. */
const longTests = '**/*.long.test.ts';
const isLong = process.env.WIREBENCH_LONG_TESTS === '1';
const elsewhere = ['node_modules/**', 'results/**'];
/** What holds figures against each other, or against a truth, wants the cores for itself. */
const measuring = [
  'cli/calibrate.integration.test.ts',
  'cli/capacity.integration.test.ts',
  'cli/client-policies.integration.test.ts',
  'cli/compare.integration.test.ts',
  'cli/known-truth.integration.test.ts',
  'cli/tune.integration.test.ts',
  'cli/verdict-reasons.integration.test.ts',
  'runners/canary/canary.integration.test.ts',
  'runners/faults/faults.integration.test.ts',
  'runners/load/load-share.integration.test.ts',
  'runners/trial/warmup-watch.integration.test.ts',
];

/** `vitest run result/` runs what is there and starts nothing; the shared stack comes with the first integration test. */
export default defineConfig({
  test: {
    // Child processes, not threads: tests start processes that end with the thread that started them.
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          isolate: false, // hundreds of files with the same imports: a quarter less time; none of them changes what others see
          include: ['**/*.test.ts'],
          exclude: [...elsewhere, integrationTests, longTests],
          testTimeout: 10_000,
          maxWorkers: '100%', // they compute, and Vitest leaves one core out by itself: half of a machine of two
          sequence: { groupOrder: 0 },
        },
      },
      // Three files at once: drivers and brokers mostly wait for each other.
      integration('parts', [integrationTests], measuring, { groupOrder: 1, maxWorkers: 3 }),
      integration('measuring', measuring, [], { groupOrder: 2, maxWorkers: 1 }),
      ...(isLong ? [integration('long', [longTests], [], { groupOrder: 3, maxWorkers: 1 })] : []),
    ],
  },
});

function integration(
  name: string,
  include: string[],
  exclude: string[],
  order: { groupOrder: number; maxWorkers: number },
) {
  return {
    extends: true as const,
    test: {
      name,
      include,
      exclude: [...elsewhere, ...exclude],
      globalSetup: ['targets/stack/shared-test-stack-setup.ts'],
      testTimeout: name === 'long' ? 600_000 : 60_000,
      hookTimeout: 300_000, // the first one may have to install what it needs
      retry: 1, // real brokers on shared cores have bad seconds; the summary still tells of a test that needed it
      maxWorkers: order.maxWorkers,
      maxConcurrency: 8, // of tests that say themselves that they may be concurrent: they mostly wait
      sequence: { groupOrder: order.groupOrder },
    },
  };
}
