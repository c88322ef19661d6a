import { defineConfig } from 'vitest/config';

const integrationTests = '**/*.integration.test.ts';
/** Of more than a few seconds each: `npm run test:long` alone runs them. */
const longTests = '**/*.long.test.ts';
const isLong = process.env.WIREBENCH_LONG_TESTS === '1';
const elsewhere = ['node_modules/**', 'results/**'];
/** Of commands and runners, yet of what is right, not of how fast: they bear company. */
const unmeasured = [
  'cli/engines.integration.test.ts',
  'cli/hostile-servers.integration.test.ts',
  'cli/own-system.integration.test.ts',
  'cli/package.integration.test.ts',
  'cli/resume.integration.test.ts',
  'cli/stack.integration.test.ts',
  'runners/engines/engines.integration.test.ts',
  'runners/faults/leader-part.integration.test.ts',
  'runners/load/wire-counter.integration.test.ts',
  'runners/recording/planted-service.integration.test.ts',
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
          include: ['**/*.test.ts'],
          exclude: [...elsewhere, integrationTests, longTests],
          testTimeout: 10_000,
          sequence: { groupOrder: 0 },
        },
      },
      // Three files at once: drivers and brokers mostly wait for each other.
      integration('parts', ['targets/**/*.integration.test.ts', ...unmeasured], [], { groupOrder: 1, maxWorkers: 3 }),
      // One at a time: these measure, and want the cores for themselves.
      integration('commands', ['cli/**/*.integration.test.ts', 'runners/**/*.integration.test.ts'], unmeasured, {
        groupOrder: 2,
        maxWorkers: 1,
      }),
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
