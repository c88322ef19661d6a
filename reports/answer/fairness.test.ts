import { describe, expect, it } from 'vitest';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { doubtsOf, doubtText } from './fairness.ts';

describe('doubts', () => {
  it('name a trial once, however many of its agents have the reason', () => {
    const lost = (name: string) => ({
      ...{ status: 'invalid' as const, code: 'agentLost', remedy: 'Look at what it printed.' },
      message: `Agent ${name} is lost.`,
    });
    const [trial, other] = fixtureResult().trials;
    if (trial === undefined || other === undefined) throw new Error('the fixture has fewer than two trials');
    const verdict = { ...trial.verdict, status: 'invalid' as const, reasons: [lost('one'), lost('two')] };
    const both = [trial, other].map((one) => ({ ...one, verdict }));
    const alone = doubtsOf(fixtureResult({ trials: both.slice(0, 1), warnings: [] }));
    expect(alone.map(({ trials }) => trials)).toEqual([[trial.id]]);
    expect(alone.map(doubtText)).toEqual(['Agent one is lost. Look at what it printed.']);
    const doubts = doubtsOf(fixtureResult({ trials: both, warnings: [] }));
    expect(doubts.map(({ trials }) => trials)).toEqual([[trial.id, other.id]]);
    expect(doubts.map(doubtText).join()).toContain('(1 more trial alike)');
  });
});
