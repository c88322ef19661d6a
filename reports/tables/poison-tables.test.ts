import { describe, expect, it } from 'vitest';
import type { PoisonResult, TrialResult } from '../../result/result-types.ts';
import { poisonAnswers, poisonSentences } from '../answer/poison-sentences.ts';
import type { ConditionGroup } from '../figures/result-view.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { renderFirstScreen } from '../terminal/first-screen.ts';
import { poisonTables } from './poison-tables.ts';

const none = { told: 0, deadLettered: 0, dropped: 0, retrying: 0, looping: 0, blocked: 0, waiting: 0, unaccounted: 0 };

function poison(bad: Partial<PoisonResult['bad']>, good: Partial<PoisonResult['good']> = {}): PoisonResult {
  return {
    share: 0.001,
    bad: { ...none, offered: 2, tries: 8, ...bad },
    good: { acknowledged: 1_998, applied: 1_998, refused: 0, waiting: 0, lost: 0, ...good },
    ...{ goodPerSecond: 400, standStillUs: 20_000, longestWaitUs: 25_000 },
  };
}

/** Of each the first `mostCounted` repeats count. */
function group(
  contenders: Readonly<Record<string, readonly (PoisonResult | undefined)[]>>,
  mostCounted = Number.POSITIVE_INFINITY,
): ConditionGroup {
  const drawn = Object.entries(contenders).map(([label, all]) => {
    const trials = all.map((one) => ({ ...(one && { poison: one }) }) as TrialResult);
    return { label, status: 'valid', trials, counted: trials.slice(0, mostCounted) };
  });
  return { contenders: drawn } as unknown as ConditionGroup;
}

const cells = (...of: Parameters<typeof group>) =>
  poisonTables(group(...of)).map(({ columns, rows }) => [
    columns.map(({ title }) => title),
    ...rows.map((row) => row.cells),
  ]);

describe('the tables on poison', () => {
  it('say where each has ended, over all repeats, and of the others the worst repeat', () => {
    const slow = { ...poison({ deadLettered: 2 }), goodPerSecond: 390, longestWaitUs: 2_000_000 };
    expect(cells({ limit: [poison({ deadLettered: 2 }), slow] })).toEqual([
      [
        ['target', 'unreadable', 'tries', 'dead letters', 'nowhere'],
        ['limit', '4', '16', '4', '0'],
      ],
      [
        [
          ...['target', 'acknowledged', 'applied', 'still waiting', 'lost'],
          ...['applied/s', 'longest stand-still', 'longest wait of one'],
        ],
        ['limit', '3,996', '3,996', '0', '0', '390', '20.0 ms', '2.00 s'],
      ],
    ]);
  });

  it('have times of the repeats that count alone', () => {
    const late = { ...poison({}), goodPerSecond: 1, standStillUs: 9_000_000, longestWaitUs: 9_000_000 };
    expect(cells({ limit: [poison({}), late] }, 1)[1]?.[1]?.slice(1)).toEqual([
      ...['3,996', '3,996', '0', '0', '400', '20.0 ms', '25.0 ms'],
    ]);
  });

  it('say so where the broker could not tell what it has', () => {
    const [bad, good] = cells({ lost: [poison({ looping: 2, unaccounted: null }, { waiting: null, lost: null })] });
    expect(bad?.[1]?.at(-1)).toBe('not known');
    expect(good?.[1]?.slice(3, 5)).toEqual(['not known', 'not known']);
  });

  it('are not there where everything can be read', () => {
    expect(cells({ calm: [undefined] })).toEqual([]);
  });
});

it('findings name what loops, what holds others up, and what is nowhere', () => {
  const blocked = poison({ blocked: 1, waiting: 1 }, { applied: 1_600, waiting: 398 });
  const found = group({
    classic: [poison({ looping: 2 })],
    blocking: [blocked],
    gone: [poison({ deadLettered: 1, unaccounted: 1 })],
    fine: [poison({ deadLettered: 2 })],
  });
  expect(poisonSentences(found)).toEqual([
    'classic: 2 that cannot be read come again for ever, 8 tries so far.',
    'blocking: 1 that cannot be read holds up what is behind; 398 good ones waited to the end.',
    'gone: 1 that cannot be read is nowhere to be found.',
  ]);
});

it('leads the first screen, where no figure was asked for by name', () => {
  const calm = fixtureResult();
  const [condition] = calm.trials.map((trial) => trial.condition);
  const trials = calm.trials
    .filter((trial) => trial.condition === condition)
    .map((trial) =>
      trial.target === 'rest'
        ? { ...trial, poison: poison({ looping: 2 }) }
        : { ...trial, poison: poison({ blocked: 1, waiting: 1 }, { waiting: 398 }) },
    );
  const { primary, ...plan } = calm.plan;
  expect(primary).not.toBeNull();
  const result = { ...calm, plan, trials };
  const [ended, others] = poisonAnswers(result);
  expect(ended).toMatch(/^What can't be read ended – .*rest: \d+ looping \(\d+ tries\)/);
  expect(others).toMatch(/^The others stood behind them at .* waited to the end and one for 25\.0 ms/);
  const screen = renderFirstScreen(result, { colour: false, width: 100, directory: null, page: null });
  expect(screen.split('\n')[1]).toContain("What can't be read ended");
  expect(screen).toContain('poison: where each that cannot be read has ended');
  expect(poisonAnswers(calm)).toEqual([]);
});
