import { describe, expect, it } from 'vitest';
import type { RunResult, TuningCandidate, TuningResult } from '../../result/result-types.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { renderHtml } from '../html/html.ts';
import { recommendedSnippets, surveySets, tuningSentences, tuningTables } from './tuning.ts';

function candidate(linger: string, compression: string, change: Partial<TuningCandidate> = {}): TuningCandidate {
  return {
    variant: { linger, compression },
    verdict: 'valid',
    value: 4_000,
    isWithin: true,
    latencyUs: 4_000,
    goodputPerSecond: 300,
    cpuUsPerOperation: 400,
    bytesPerOperation: 2_048,
    isOnFront: false,
    ...change,
  };
}

const survey = [
  candidate('0ms', 'zstd', { latencyUs: 3_000, isOnFront: true }),
  candidate('0ms', 'none', { cpuUsPerOperation: 300, isOnFront: true }),
  candidate('10ms', 'zstd', { verdict: 'suspect', isWithin: false }),
  candidate('10ms', 'none', { verdict: 'invalid', value: null, latencyUs: null, isWithin: null }),
];
const against = { ratio: 0.31, low: 0.28, high: 0.34, pairs: 5 };
const tuning: TuningResult = {
  target: 'stream',
  condition: 'slow-network',
  objective: 'minimise p90',
  percentile: 'p90',
  survey,
  finalists: [{ variant: { linger: '0ms', 'compression.codec': 'zstd' }, against, isBetter: true }],
};
const result = (change: Partial<TuningResult> = {}): RunResult => ({
  ...fixtureResult(),
  tuning: [{ ...tuning, ...change }],
});

describe('what tuning found', () => {
  it('is a sentence with the interval, and the settings as they stand in a scenario', () => {
    expect(tuningSentences(result())).toEqual([
      'stream, minimise p90 under slow-network: linger=0ms, compression.codec=zstd (0.31 × its value, 95 % within 0.28–0.34, 5 pairs) beats the target as written.',
    ]);
    expect(recommendedSnippets(result())).toEqual([
      'targets: { stream: { …, linger: 0ms, compression: { codec: zstd } } }',
    ]);
  });

  it('is that nothing beats the target as written, without a recommendation, where that is so', () => {
    const [finalist] = tuning.finalists;
    const none = result({
      finalists: [{ ...finalist, variant: { linger: '0ms' }, against, isBetter: false, side: 'worse' }],
    });
    expect(tuningSentences(none)[0]).toContain(
      'nothing beats the target as written; the best candidate was linger=0ms',
    );
    expect(recommendedSnippets(none)).toEqual([]);
    expect(tuningSentences(result({ finalists: [] }))).toEqual([
      'stream, minimise p90 under slow-network: no variant has a figure.',
    ]);
  });

  it('is “not told apart” where the interval is wide, however good the ratio looks', () => {
    const wide = { ratio: 0.64, low: 0.07, high: 5.8, pairs: 3 };
    const doubtful = result({
      finalists: [{ variant: { linger: '0ms' }, against: wide, isBetter: false, side: 'notToldApart' }],
    });
    expect(tuningSentences(doubtful)).toEqual([
      'stream, minimise p90 under slow-network: not told apart from the target as written; the best candidate was linger=0ms (0.64 × its value, 95 % within 0.070–5.80, 3 pairs).',
    ]);
    expect(tuningTables(doubtful)[1]?.rows[0]?.cells.at(-1)).toBe('not told apart');
    expect(recommendedSnippets(doubtful)).toEqual([]);
  });

  it('tells a better one that misses a condition from one that is no better', () => {
    const missed = result({ finalists: [{ variant: { linger: '0ms' }, against, isBetter: false, side: 'better' }] });
    expect(tuningSentences(missed)[0]).toMatch(
      / is better than the target as written, but not within the conditions\.$/,
    );
  });

  it('says where a value was not reached, instead of a ratio that leaves those out', () => {
    const notReached = { own: 0, asWritten: 4, repeats: 5 };
    const [sentence] = tuningSentences(
      result({ finalists: [{ variant: { linger: '0ms' }, against: null, notReached, isBetter: true }] }),
    );
    expect(sentence).toContain('linger=0ms (reached in 5 of 5 repeats, as written in 1) beats the target as written');
  });

  it('says how many of the trials behind a gain are suspect', () => {
    const doubtful = { suspect: 3, trials: 10 };
    const doubted = result({ finalists: [{ variant: { linger: '0ms' }, against, doubtful, isBetter: true }] });
    expect(tuningSentences(doubted)[0]).toContain('5 pairs; 3 of these 10 trials suspect) beats');
    expect(tuningTables(doubted)[1]?.rows[0]?.status).toBe('suspect');
  });

  it('has a table of the survey with the verdict of each, and the front', () => {
    const [table] = tuningTables(result());
    expect(table?.rows.map(({ status }) => status)).toEqual(['valid', 'valid', 'suspect', 'invalid']);
    expect(table?.rows.map(({ cells }) => cells.slice(-2))).toEqual([
      ['on it', ''],
      ['on it', ''],
      ['', 'missed'],
      ['', '?'],
    ]);
  });

  it('is a picture in the page: the trade-off of all variants, and two settings against each other', () => {
    const [set] = surveySets(result());
    expect(set).toMatchObject({ target: 'stream', phase: 'during', percentile: 'p90' });
    expect(set?.points.map(({ settings }) => settings)).toContain('linger=10ms, compression=none');
    const [tuned = ''] = /<section id="tuning">.*?<\/section>/s.exec(renderHtml(result())) ?? [];
    expect(tuned).toContain('<figure class="pareto">');
    expect(tuned.match(/<caption>stream: (p90|CPU an operation), during<\/caption>/g)).toHaveLength(2);
  });
});
