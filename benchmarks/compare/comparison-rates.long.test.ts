/** What docs/compare.md says of how often a comparison is wrong is what comes of the pairs that are kept here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { comparisonRates, ratesTable } from './comparison-rates.ts';
import { keptSets, readPairs } from './kept-sets.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'compare.md'), 'utf8');

describe('the published rates', () => {
  it.each(keptSets())('of %s come of its kept pairs', (set) => {
    const rows = ratesTable([comparisonRates(set, readPairs(set))])
      .trimEnd()
      .split('\n')
      .slice(2);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(page).toContain(row);
  });
});
