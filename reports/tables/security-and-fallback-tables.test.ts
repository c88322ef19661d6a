import { describe, expect, it } from 'vitest';
import type { RunResult, TrialResult } from '../../result/result-types.ts';
import { evaluateThresholds, parseThreshold } from '../../result/thresholds.ts';
import { fallbackAnswers } from '../answer/fallback-sentences.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { renderFirstScreen } from '../terminal/first-screen.ts';
import { fallbackTable } from './fallback-table.ts';
import { securityTable } from './security-table.ts';

const result = fixtureResult();
const [calm] = result.trials.filter(({ condition, target }) => condition === 'calm' && target === 'rest');
if (calm === undefined) throw new Error('the fixture has no calm trial of rest');

function secured(target: string, security: NonNullable<TrialResult['security']>, addUs: number): TrialResult {
  const steady = calm?.phases.steady;
  if (calm === undefined || steady === undefined) throw new Error('the fixture has no steady phase');
  const { offered } = steady.latencyUs;
  const latencyUs = { ...steady.latencyUs, offered: { ...offered, p50: 1_000 + addUs, p99: 2_000 + addUs } };
  const cpu = { ...calm.cpu, generatorUsPerOperation: 100 + addUs, serviceUsPerOperation: 50 };
  return { ...calm, id: `${target}-calm-1`, target, phases: { steady: { ...steady, latencyUs } }, cpu, security };
}

const plain = secured('plain', { tls: 'none', auth: 'none', handshakes: 8 }, 0);
const closed = secured('closed', { tls: 'mutual', auth: 'jwt', handshakes: 808 }, 500);
const of = (trials: readonly TrialResult[]): RunResult => ({ ...result, trials });

describe('the table of what security costs', () => {
  it('is left out where nothing is secured', () => {
    expect(securityTable(result)).toBeNull();
    expect(securityTable(of([plain]))).toBeNull();
  });

  it('has the difference to the target of the same protocol in clear', () => {
    const rows = securityTable(of([plain, closed]))?.rows.map(({ cells }) => cells) ?? [];
    const cellsOf = (name: string) => rows.find(([first]) => first === name) ?? [];
    expect(cellsOf('plain').slice(1, 4)).toEqual(['none', 'none', '1.00 ms']);
    expect(cellsOf('closed').slice(1, 5)).toEqual(['mutual', 'jwt', '1.50 ms (+500 µs)', '2.50 ms (+500 µs)']);
    expect(cellsOf('closed')[5]).toBe('600 µs (+500 µs)');
    expect(cellsOf('closed')).toContain('808 (+800)');
  });

  it('has no difference where nobody of the protocol is in clear', () => {
    const cells = securityTable(of([closed]))?.rows[0]?.cells ?? [];
    expect(cells.slice(3, 5)).toEqual(['1.50 ms', '2.50 ms']);
  });
});

describe('what fallbacks answered', () => {
  const steady = plain.phases.steady as NonNullable<TrialResult['phases']['steady']>;
  const counts = { ...steady.counts, offered: 200, ok: 100, failed: 100, rejected: 0, timedOut: 0, dropped: 0 };
  const policies = { refused: 0, retriesDenied: 0, unsent: 0, fallbacks: 60, fallbackUs: { count: 60, p50: 250_000 } };
  const degraded: TrialResult = {
    ...plain,
    phases: { steady: { ...steady, counts, policies: { ...policies, unanswered: 40 } } },
  };
  const actual = (text: string, trial: TrialResult) => {
    const reading = parseThreshold(text);
    return reading.ok ? evaluateThresholds([reading.threshold], [trial])[0]?.actual : reading.message;
  };

  it('is told by phase, beside what was not ok', () => {
    expect(fallbackTable([plain])).toBeNull();
    const cells = fallbackTable([degraded])?.rows[0]?.cells ?? [];
    expect(cells.slice(1, 7)).toEqual(['steady', '100', '60', '30 %', '40', '250 ms']);
  });

  it('says how old answers were, where they were given before', () => {
    const ages = { count: 60, p50: 1_500_000, max: 3_000_000 };
    const aged = {
      ...degraded,
      phases: { steady: { ...steady, counts, policies: { ...policies, fallbackAgeUs: ages } } },
    };
    expect(fallbackTable([aged])?.rows[0]?.cells.slice(-2)).toEqual(['1.50 s', '3.00 s']);
  });

  it('leads the first screen, with as many of its columns as fit', () => {
    const calm = fixtureResult();
    const result = { ...calm, trials: calm.trials.map((trial) => ({ ...trial, phases: degraded.phases })) };
    const [told] = fallbackAnswers(result);
    expect(told).toMatch(/^Not ok under \S+, and answered by the client itself – rest: \d+ of \d+; /);
    const wide = { ...result, trials: result.trials.map((trial) => ({ ...trial, id: `${trial.id}-of-a-long-name` })) };
    const screen = renderFirstScreen(wide, { colour: false, width: 80, directory: null, page: null });
    expect(screen).toContain('degraded: not ok, and answered by the client itself');
    expect(screen.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(fallbackAnswers(calm)).toEqual([]);
  });

  it('can be held to thresholds, and is never ok', () => {
    expect(actual('plain degraded > 0', degraded)).toBe(60);
    expect(actual('plain unanswered == 40', degraded)).toBe(40);
    expect(actual('plain degradedRatio > 10%', degraded)).toBe(0.3);
    expect(actual('plain errorRatio < 10%', degraded)).toBe(0.5);
  });

  it('is not known of a result that says nothing of policies', () => {
    const { policies: _, ...without } = steady;
    expect(actual('plain degraded > 0', { ...plain, phases: { steady: without } })).toBeNull();
  });
});
