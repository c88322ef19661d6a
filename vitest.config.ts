import { defineConfig } from 'vitest/config';

const integration = '**/*.integration.test.ts';
const elsewhere = ['node_modules/**', 'results/**'];

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
          exclude: [...elsewhere, integration],
          testTimeout: 10_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: [integration],
          exclude: elsewhere,
          globalSetup: ['targets/stack/shared-test-stack-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 300_000, // the first one may have to install what it needs
          retry: 1, // real brokers on shared cores have bad seconds; the summary still tells of a test that needed it
          // One file at a time, after the unit tests: they measure on real brokers, which want the cores for themselves.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
