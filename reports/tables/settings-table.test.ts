import { describe, expect, it } from 'vitest';
import { settingsTable } from '../answer/fairness.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';

const [first] = fixtureResult().trials;
if (first === undefined) throw new Error('the fixture has trials');
const trial = (target: string, variant: Record<string, string>, semantics: Record<string, string | null>) => ({
  ...first,
  target,
  variant,
  semantics,
});
const rowsOf = (...trials: ReturnType<typeof trial>[]) =>
  settingsTable({ ...fixtureResult(), trials }).rows.map(({ cells }) => cells);

describe('settings', () => {
  it('say ? where nobody knows and – where it is none of the target’s', () => {
    expect(
      rowsOf(trial('own', {}, { durability: null }), trial('ours', {}, { durability: 'disk', prefetch: '8' })),
    ).toEqual([
      ['durability', '?', 'disk'],
      ['prefetch', '–', '8'],
    ]);
  });

  it('of a sweep stand with the variants they are of', () => {
    const swept = (codec: string) =>
      trial('stream', { compression: codec }, { codec: codec === 'none' ? 'no compression' : codec, acks: 'all' });
    expect(rowsOf(swept('none'), swept('gzip'))).toEqual([
      ['codec', 'no compression (compression=none) · gzip (compression=gzip)'],
      ['acks', 'all'],
    ]);
  });
});
