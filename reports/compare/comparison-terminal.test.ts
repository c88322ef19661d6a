import { expect, it } from 'vitest';
import { compareRuns } from '../../result/compare/compare-runs.ts';
import type { ComparisonRow } from '../../result/compare/comparison-result.ts';
import { comparedRun } from '../../result/fixtures/compared-run.ts';
import { answerText, intervalText, renderComparison } from './comparison-terminal.ts';

const plain = { colour: false, width: 100 };
const base = comparedRun('a', [{ repeat: 1, p99: 4_000 }]);
const options = { minEffect: 0.05, metrics: ['p99'], gates: [], isForced: true };

function render(other: typeof base): string {
  return renderComparison(
    compareRuns({ name: 'base', result: base }, [{ name: 'new', result: other }], options),
    plain,
  );
}

it('says first what was forced, and marks it among what differs', () => {
  const { plan } = base;
  const text = render({
    ...comparedRun('b', [{ repeat: 1, p99: 4_100 }]),
    plan: { ...plan, load: { ...plan.load, ratePerSecond: 500 } },
  });
  expect(text.split('\n')[0]).toContain('FORCED');
  expect(text).toContain('! load.ratePerSecond 1000 → 500');
});

it('names below which change nothing is told, and lost operations as counts', () => {
  const text = render(comparedRun('b', [{ repeat: 1, p99: 4_100, lost: 7 }]));
  expect(text).toMatch(/getOrder p99 +4\.00 ms +4\.10 ms +1\.0[23] .* cannot tell below ± 125 %/);
  expect(text).toMatch(/rest calm lost +0 +1 +7 +1/);
  expect(text).not.toContain('FORCED');
});

it.each([
  [{ ratio: 0.9, low: 6e-16, high: 14 }, 25, 'no bounds', 'cannot tell below ten times'],
  [{ ratio: 0.9, low: 0.5, high: 1_400 }, 9, 'no bounds', 'cannot tell below ± 900 %'],
  [{ ratio: 0.9, low: 0.22, high: 3.79 }, 0.075, '0.22–3.79', 'cannot tell below ± 7.5 %'],
])('shows bounds that say something only: %j', (ratio, tellsFrom, interval, answer) => {
  const row = { ratio, tellsFrom, answer: 'cannotTell', reason: null, isDoubtful: false, pairsNeeded: null };
  expect(intervalText(row as unknown as ComparisonRow)).toBe(interval);
  expect(answerText(row as unknown as ComparisonRow)).toBe(answer);
});
