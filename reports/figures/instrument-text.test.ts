import { describe, expect, it } from 'vitest';
import type { CanaryFigures, RunResult, TrialResult, Verdict } from '../../result/result-types.ts';
import { instrumentNotes } from '../answer/fairness.ts';
import { fixtureResult, fixtureTrial } from '../fixtures/fixture-result.ts';
import { conditionGroups, figureOf, textWithError, verdictText } from './result-view.ts';

const canary: CanaryFigures = { count: 2_000, floorUs: 20, p50Us: 60, p90Us: 120, p99Us: 310 };
const calm: TrialResult = fixtureTrial('rest', 'calm');

/** The calm trial of the fixture with this verdict, in as many repeats as there are verdicts. */
function repeats(...verdicts: Verdict[]): RunResult {
  const trials = verdicts.map((verdict, n) => ({ ...calm, id: `${calm.id}-${n}`, repeat: n + 1, verdict }));
  return fixtureResult({ trials });
}

const valid = (change: Partial<Verdict>): Verdict => ({ status: 'valid', reasons: [], ...change });
const p50Of = (verdict: Verdict, percentile: 'p50' | 'p99' = 'p50') =>
  textWithError(figureOf([{ ...calm, verdict }], 'steady', 'getOrder', 'offered', percentile), percentile);

describe('a figure with the instrument’s own error', () => {
  it('has that of its own percentile', () => {
    expect(p50Of(valid({ figures: { canary } }))).toMatch(/^\d+ µs ± 60 µs$/);
    expect(p50Of(valid({ figures: { canary } }), 'p99')).toMatch(/ ± 310 µs$/);
  });

  it('says where the canaries were too few for it', () => {
    expect(p50Of(valid({ figures: { canary: { ...canary, p99Us: null } } }), 'p99')).toMatch(/ ±≥ 120 µs$/);
  });

  it('has none where it is not known', () => {
    for (const figures of [undefined, {}, { canary: null }]) {
      expect(p50Of(valid(figures === undefined ? {} : { figures }))).toMatch(/^\d+ µs$/);
    }
  });
});

describe('the verdict in words', () => {
  const text = (...verdicts: Verdict[]) => {
    const contender = conditionGroups(repeats(...verdicts))[0]?.contenders[0];
    return contender === undefined ? '' : verdictText(contender);
  };
  const doubted = valid({
    status: 'suspect',
    reasons: [{ status: 'suspect', code: 'resolution', message: '', remedy: '' }],
  });

  it('is valid here where load and system shared cores', () => {
    expect(text(valid({ sharesCores: true }))).toBe('valid here');
    expect(text(valid({ sharesCores: true }), { ...doubted, sharesCores: true })).toBe('1 of 2 valid here: resolution');
  });

  it('is valid where they did not, and in results that do not say', () => {
    expect(text(valid({ sharesCores: false }))).toBe('valid');
    expect(text(valid({}))).toBe('valid');
  });
});

describe('the notes', () => {
  it('explain ± and valid here where they are printed, and only there', () => {
    expect(instrumentNotes(repeats(valid({})))).toEqual([]);
    const [error, here] = instrumentNotes(repeats(valid({ sharesCores: true, figures: { canary } })));
    expect(error).toContain('±');
    expect(here).toContain('valid here');
  });
});
