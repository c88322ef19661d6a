import { defineConfig } from 'vitest/config';

const integrationTests = '**/*.integration.test.ts';
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
          exclude: [...elsewhere, integrationTests],
          testTimeout: 10_000,
          sequence: { groupOrder: 0 },
        },
      },
      // Both at once, a file at a time each: drivers and brokers mostly wait, commands mostly start things.
      integration('parts', ['targets/**/*.integration.test.ts'], 1),
      integration('commands', ['cli/**/*.integration.test.ts'], 1),
      // Alone: these measure, and want the cores for themselves.
      integration('runners', ['runners/**/*.integration.test.ts'], 2),
    ],
  },
});

function integration(name: string, include: string[], groupOrder: number) {
  return {
    extends: true as const,
    test: {
      name,
      include,
      exclude: elsewhere,
      globalSetup: ['targets/stack/shared-test-stack-setup.ts'],
      testTimeout: 60_000,
      hookTimeout: 300_000, // the first one may have to install what it needs
      retry: 1, // real brokers on shared cores have bad seconds; the summary still tells of a test that needed it
      maxWorkers: 1,
      sequence: { groupOrder },
    },
  };
}
