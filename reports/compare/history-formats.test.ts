import { expect, it } from 'vitest';
import type { FigureHistory, HistoryPoint } from '../../result/compare/figure-history.ts';
import { historyFormats, historyReporters } from './history-formats.ts';

const point: HistoryPoint = {
  name: 'runs/<monday>',
  startedAt: '2026-11-02T10:00:00.000Z',
  ...{ trials: 3, leftOut: 1, value: 4_000, low: 3_500, high: 4_600, changes: [] },
};
const history: FigureHistory = {
  ...{ target: 'rest', variant: {}, condition: 'calm', unit: 'us', higherIsBetter: false },
  place: { phase: 'steady', operation: 'getOrder', metric: 'p99', isPrimary: true },
  points: [
    point,
    { ...point, name: 'runs/tuesday', low: 5_000, high: null, value: 6_000, changes: ['environment.node "24" → "26"'] },
    { ...point, name: 'runs/wednesday', value: null, low: null, high: null },
  ],
};

it('says the figure, what was not reached and what has changed in each format', () => {
  for (const format of historyFormats.filter((name) => name !== 'json' && name !== 'csv')) {
    const text = historyReporters[format].render([history]);
    expect(text, format).toContain('6.00 ms');
    expect(text, format).toContain('not reached');
    expect(text, format).toMatch(/environment\\?\.node/);
  }
  expect(JSON.parse(historyReporters.json.render([history]))).toEqual([history]);
  const [head, ...lines] = historyReporters.csv.render([history]).trimEnd().split('\r\n');
  expect(head?.split(',').slice(-4)).toEqual(['value', 'low', 'high', 'changes']);
  expect(lines).toHaveLength(3);
  expect(lines[2]).toMatch(/,,,,$/);
});

it('draws a point a result, whiskers that go on where nothing bounds them, and a line at a change', () => {
  const page = historyReporters.html.render([history]);
  expect(page.match(/<circle/g)).toHaveLength(2);
  expect(page.match(/class="change" d/g)).toHaveLength(1);
  expect(page).toContain('&lt;monday&gt;');
  expect(page).not.toContain('<monday>');
  expect(page).not.toMatch(/NaN|Infinity|undefined/);
});

it('draws a scale for a single result, and says so where none reached the figure', () => {
  const alone = historyReporters.html.render([{ ...history, points: [{ ...point, low: null, high: null }] }]);
  expect(alone.match(/<circle/g)).toHaveLength(1);
  expect(alone).not.toMatch(/NaN|Infinity/);
  const none = historyReporters.html.render([
    { ...history, points: [{ ...point, value: null, low: null, high: null }] },
  ]);
  expect(none).toContain('No result reached it.');
  const zero = { ...history, unit: 'number' as const, points: [{ ...point, value: 0, low: null, high: null }, point] };
  expect(historyReporters.html.render([zero])).not.toMatch(/NaN|Infinity/);
});
