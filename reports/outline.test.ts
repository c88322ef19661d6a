import { describe, expect, it } from 'vitest';
import { renderMarkdown } from './exchange/markdown.ts';
import { fixtureResult } from './fixtures/fixture-result.ts';
import { renderHtml } from './html/html.ts';
import { outline } from './outline.ts';
import { renderTerminal } from './terminal/terminal.ts';

const result = fixtureResult();
const sections = outline(result);

describe('the outline of a report', () => {
  it('leaves out what has nothing to show', () => {
    expect(sections.map(({ id }) => id)).toEqual([
      'condition-0',
      'condition-1',
      'evolution',
      'engines',
      'thresholds',
      'errors',
      'doubts',
      'fairness',
    ]);
    expect(outline(fixtureResult({ trials: [], thresholds: [], warnings: [], evolution: undefined }))).toEqual([]);
  });

  it.each([
    ['terminal', renderTerminal(result, { colour: false, width: 400 }), (title: string) => `━━ ${title}\n`],
    ['html', renderHtml(result), (title: string) => `<h2>${title}</h2>`],
    ['markdown', renderMarkdown(result), (title: string) => `## ${title}\n`],
  ])('is the order of the %s, with each of its tables', (_format, text, heading) => {
    const places = sections.map(({ title }) => text.indexOf(heading(title)));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    for (const { items } of sections) {
      for (const item of items) if (item.kind === 'table') expect(text).toContain(item.table.title);
    }
  });
});
