import { describe, expect, it } from 'vitest';
import { comparedRun, type TrialShape } from '../fixtures/compared-run.ts';
import { seededDraws } from '../fixtures/seeded-draws.ts';
import type { RunResult } from '../result-types.ts';
import { compareRuns } from './compare-runs.ts';
import { isHigherBetter } from './compared-figures.ts';
import type { CompareOptions } from './compared-sides.ts';
import { parseGate } from './comparison-gates.ts';

const options: CompareOptions = { minEffect: 0.05, metrics: ['p99'], gates: [], isForced: false };
const paired: CompareOptions = { ...options, isInterleaved: true };

function scattered(seed: number, factor: number, pairs: number, scatter: number): TrialShape[] {
  const draws = seededDraws(seed);
  return Array.from({ length: pairs }, (_, n) => ({
    repeat: n + 1,
    p99: 4_000 * factor * Math.exp(scatter * draws.normal()),
  }));
}

function compare(base: RunResult, other: RunResult, how: CompareOptions = options) {
  return compareRuns({ name: 'base', result: base }, [{ name: 'new', result: other }], how);
}

function answerOf(seed: number, factor: number, pairs: number, scatter: number) {
  const base = comparedRun('a', scattered(seed, 1, pairs, scatter));
  return compare(base, comparedRun('b', scattered(seed + 1, factor, pairs, scatter)), paired).rows[0]?.answer;
}

const all = Array.from({ length: 400 }, (_, n) => n * 2 + 1);

describe('pairs in time', () => {
  it('call what is alike different in about one case of twenty, and less for the least effect', () => {
    const wrong = all.filter((seed) => ['better', 'worse'].includes(answerOf(seed, 1, 8, 0.08) ?? ''));
    expect(wrong.length / all.length).toBeLessThan(0.08);
  });

  it('find a tenth more where the scatter is small, say so the right way round, and say how many find it where it is not', () => {
    const found = all.filter((seed) => answerOf(seed, 1.1, 8, 0.03) === 'worse');
    expect(found.length / all.length).toBeGreaterThan(0.95);
    const row = compare(comparedRun('a', scattered(1, 1, 4, 0.3)), comparedRun('b', scattered(2, 1.1, 4, 0.3)), paired)
      .rows[0];
    expect(row).toMatchObject({ answer: 'cannotTell', pairs: 4 });
    expect(row?.pairsNeeded).toBeGreaterThan(100);
  });

  it('are the same only where the interval lies within the least effect', () => {
    const same = all.filter((seed) => answerOf(seed, 1, 20, 0.02) === 'same');
    expect(same.length / all.length).toBeGreaterThan(0.95);
    const wrong = all.filter((seed) => answerOf(seed, 1.06, 20, 0.02) === 'same');
    expect(wrong.length / all.length).toBeLessThan(0.05);
  });

  it('leave out an invalid trial with its partner, by name', () => {
    const invalid = { code: 'cutShort', message: 'The load was cut short.', remedy: '', status: 'invalid' } as const;
    const shapes = scattered(1, 1, 5, 0.02);
    const broken = shapes.map((shape, n) =>
      n === 2 ? { ...shape, verdict: { status: 'invalid' as const, reasons: [invalid] } } : shape,
    );
    const { rows, leftOut } = compare(comparedRun('a', shapes), comparedRun('b', broken), paired);
    expect(rows[0]?.pairs).toBe(4);
    expect(leftOut).toMatchObject([
      { side: 'base', trial: 'rest-calm-3' },
      { side: 'new', trial: 'rest-calm-3', reason: 'The load was cut short.' },
    ]);
  });

  it('tell nothing where other work disturbed more than a quarter of the trials', () => {
    const reason = { code: 'otherWork', message: '', remedy: '', status: 'suspect' } as const;
    const busy = scattered(1, 2, 8, 0.02).map((shape) => ({
      ...shape,
      verdict: { status: 'suspect' as const, reasons: [reason] },
    }));
    const [row] = compare(comparedRun('a', scattered(3, 1, 8, 0.02)), comparedRun('b', busy), paired).rows;
    expect(row).toMatchObject({ answer: 'cannotTell', isDoubtful: true });
  });

  it('are worse where what was reached never is any more', () => {
    const never = scattered(1, 1, 3, 0.02).map((shape) => ({ ...shape, p99: null }));
    const [row] = compare(comparedRun('a', scattered(1, 1, 3, 0.02)), comparedRun('b', never), paired).rows;
    expect(row).toMatchObject({ answer: 'worse', ratio: null });
  });
});

describe('stored runs', () => {
  const one = (id: string, p99: number) => comparedRun(id, [{ repeat: 1, p99 }]);

  it('tell nothing below a large factor, for nobody knows how far the next run is', () => {
    expect(compare(one('a', 4_000), one('b', 5_200)).rows[0]).toMatchObject({ answer: 'cannotTell' });
    expect(compare(one('a', 4_000), one('b', 5_200)).rows[0]?.tellsFrom).toBeGreaterThan(0.5);
    expect(compare(one('a', 4_000), one('b', 40_000)).rows[0]?.answer).toBe('worse');
  });

  it('go by a stored A/A set: a difference that its runs have among themselves is none', () => {
    const wide = [4_000, 5_000, 4_400, 3_600].map((p99, n) => one(`n${n}`, p99));
    const narrow = [4_000, 4_040, 3_980, 4_010].map((p99, n) => one(`n${n}`, p99));
    const [base, other] = [one('a', 4_000), one('b', 4_800)];
    expect(compare(base, other, { ...options, noise: wide }).rows[0]?.answer).toBe('cannotTell');
    expect(compare(base, other, { ...options, noise: narrow }).rows[0]?.answer).toBe('worse');
    expect(compare(base, one('c', 4_020), { ...options, noise: narrow }).rows[0]?.answer).toBe('same');
  });

  it('of themselves are the same, and it is said why', () => {
    const { rows, warnings } = compare(one('a', 4_000), one('a', 4_000));
    expect(rows[0]?.answer).toBe('same');
    expect(warnings.map(({ code }) => code)).toContain('sameRun');
  });

  it('are counted, not tested, where operations are lost; what is not known is not 0', () => {
    const lost = comparedRun('b', [{ repeat: 1, p99: 4_000, lost: 3 }]);
    const unknown = comparedRun('c', [{ repeat: 1, p99: 4_000, lost: null }]);
    expect(compare(one('a', 4_000), lost).counts).toMatchObject([{ what: 'lost', base: 0, other: 3 }]);
    expect(compare(one('a', 4_000), unknown).counts).toMatchObject([{ what: 'lost', base: 0, other: null }]);
  });

  it('count what subscribers missed, outputs that are there twice and calls of a retired version beside the ledger', () => {
    const outputs = { due: 9, once: 8, twice: 1, missing: 0, unacknowledged: 0, extra: 1, uncommitted: 0 };
    const of = (id: string, retired: number) => {
      const calls = { operation: 'getOrder', calls: 9, ok: 9, told: 0, deprecation: null, sunset: null, course: [] };
      const run = one(id, 4_000);
      return { ...run, trials: run.trials.map((trial) => ({ ...trial, outputs, versions: [{ ...calls, retired }] })) };
    };
    expect(compare(of('a', 0), of('b', 7)).counts).toMatchObject([
      { what: 'outputTwice', base: 1, other: 1 },
      { what: 'retiredCalls', base: 0, other: 7 },
    ]);
  });

  it.each(['stuck', 'degraded', 'unanswered', 'degradedRatio'])('know %s as thresholds do', (metric) => {
    const of = (id: string, flawed: number): RunResult => {
      const run = one(id, 4_000);
      const policies = { refused: 0, retriesDenied: 0, unsent: 0, fallbacks: flawed, unanswered: flawed };
      const withPolicies = ({ phases, ...trial }: RunResult['trials'][number]) => {
        const { steady } = phases;
        const getOrder = { ...steady?.operations.getOrder, policies };
        return { ...trial, flows: { stuck: flawed }, phases: { steady: { ...steady, operations: { getOrder } } } };
      };
      return { ...run, trials: run.trials.map(withPolicies) } as unknown as RunResult;
    };
    const [row] = compare(of('a', 100), of('b', 200), { ...options, metrics: [metric] }).rows;
    expect((row?.other ?? 0) / (row?.base ?? 0)).toBe(2);
    expect(row?.higherIsBetter).toBe(false);
  });

  it.each(['replayed', 'hitRatio', 'drainRate', 'goodApplied', 'goodput', 'completed'])(
    'take more %s for better',
    (metric) => {
      expect(isHigherBetter(metric)).toBe(true);
    },
  );

  it('name what only one of them has', () => {
    const more = comparedRun('b', [
      { repeat: 1, p99: 4_000 },
      { repeat: 1, p99: 4_000, condition: 'slow-network' },
    ]);
    expect(compare(one('a', 4_000), more).onlyOneHas).toEqual(['rest in slow-network: only new has it']);
  });
});

describe('what differs', () => {
  const base = comparedRun('a', [{ repeat: 1, p99: 4_000 }]);
  const refusedBy = (change: Partial<RunResult>) =>
    compare(base, { ...base, ...change })
      .differences.filter(({ refused }) => refused)
      .map(({ what }) => what);

  it('is refused for load, payload and machine, told for versions and seed', () => {
    const { plan, environment } = base;
    expect(refusedBy({ plan: { ...plan, load: { ...plan.load, ratePerSecond: 500 } } })).toEqual([
      'load.ratePerSecond',
    ]);
    const payloads = { order: { sizeBytes: 10 } };
    expect(refusedBy({ plan: { ...plan, workload: { ...plan.workload, payloads } } })).toEqual([
      'workload.payloads.order',
    ]);
    expect(refusedBy({ environment: { ...environment, cores: 4 } })).toEqual(['environment.cores']);
    expect(refusedBy({ environment: { ...environment, node: '26', versions: { kafka: '5' } } })).toEqual([]);
    const other = compare(base, { ...base, environment: { ...environment, node: '26' } });
    expect(other.differences).toMatchObject([{ what: 'environment.node', base: '"24"', other: '"26"' }]);
  });

  it('is refused for another guarantee class', () => {
    const trials = base.trials.map((trial) => ({ ...trial, semantics: { guarantee: 'replicated' } }));
    expect(refusedBy({ trials })).toEqual(['rest guarantee']);
  });
});

describe('a gate', () => {
  const judge = (expression: string, factor: number, scatter: number, how = paired) => {
    const base = comparedRun('a', scattered(11, 1, 8, scatter));
    const other = comparedRun('b', scattered(12, factor, 8, scatter));
    return compare(base, other, { ...how, metrics: [], gates: [parseGate(expression)] }).gates[0];
  };

  it('fails at the near end of the interval, passes within it, and says where it cannot tell', () => {
    expect(judge('p99 > +10%', 1.3, 0.03)).toMatchObject({ status: 'fail', rows: ['rest calm steady getOrder p99'] });
    expect(judge('p99 > +10%', 1, 0.03)?.status).toBe('pass');
    expect(judge('p99 > +10%', 1.12, 0.1)?.status).toBe('cannotTell');
    expect(judge('rest getOrder p99 > +10% in calm', 1.3, 0.03)?.status).toBe('fail');
    expect(judge('grpc p99 > +10%', 1.3, 0.03)?.status).toBe('cannotTell');
    expect(judge('p99 < -10%', 0.7, 0.03)?.status).toBe('fail');
  });

  it.each(['p99', 'p99 > 10%', 'p99 > -10%', 'nonsense > +10%', 'p99 < -200%'])('refuses %s', (text) => {
    expect(() => parseGate(text)).toThrow(/--fail-on/);
  });
});
