import { describe, expect, it } from 'vitest';
import type { TrialResult } from '../../result/result-types.ts';
import { trialFigureNames } from '../../result/trial-figure.ts';
import { parseObjective } from './objective.ts';
import { compareFinalists, rankVariants } from './rank-variants.ts';

interface Shape {
  readonly variant: TrialResult['variant'];
  readonly p99Ms: number | null;
  readonly cpuUs?: number;
  readonly bytes?: number;
  readonly goodput?: number;
  readonly repeat?: number;
}

function trial({ variant, p99Ms, cpuUs = 100, bytes = 1_000, goodput = 500, repeat = 1 }: Shape): TrialResult {
  const counts = { offered: 1_000, ok: 1_000, rejected: 0, failed: 0, timedOut: 0, dropped: 0, attempts: 1_000 };
  const p99 = p99Ms === null ? null : p99Ms * 1e3;
  const offered = { count: 2_000, p50: 500, p90: 900, p99 };
  return {
    id: `x-${repeat}`,
    target: 'x',
    condition: 'calm',
    variant,
    repeat,
    verdict: { status: 'valid', reasons: [] },
    phases: {
      steady: { durationMs: 2_000, goodputPerSecond: goodput, counts, latencyUs: { offered }, operations: {} },
    },
    cpu: {
      generatorUsPerOperation: cpuUs,
      serviceUsPerOperation: 0,
      brokerUsPerOperation: null,
      proxyUsPerOperation: 0,
    },
    wire: { bytesPerOperation: bytes },
    ledger: {},
  } as unknown as TrialResult;
}

const p99 = parseObjective('minimise p99');

describe('an objective', () => {
  it.each([
    ['minimise delivered p99', 'minimise', []],
    ['minimize bytes', 'minimise', ['errorRatio < 1%']],
    ['minimise cpu with p99 < 20ms', 'minimise', ['p99 < 20ms', 'errorRatio < 1%']],
    ['minimise cpu with errorRatio < 5%', 'minimise', ['errorRatio < 5%']],
    ['maximise goodput with p99 < 20ms and errorRatio < 1%', 'maximise', ['p99 < 20ms', 'errorRatio < 1%']],
  ])('is read from %j', (text, direction, conditions) => {
    const objective = parseObjective(text);
    expect(objective.direction).toBe(direction);
    expect(objective.conditions.map(({ expression }) => expression)).toEqual(conditions);
  });

  it.each(['p99', 'minimise', 'minimise speed', 'minimise p99 with p99 fast'])('is refused in %j', (text) => {
    expect(() => parseObjective(text)).toThrow(/cannot be read/);
  });
});

it.each(trialFigureNames)('an objective may be %s, whatever its unit', (figure) => {
  expect(parseObjective(`maximise ${figure}`).metric.metric).toBe(figure);
  expect(parseObjective(`minimise ${figure}`).metric.metric).toBe(figure);
});

describe('the survey', () => {
  const [slow, fast, frugal, worst, lost] = [
    trial({ variant: { n: 1 }, p99Ms: 20 }),
    trial({ variant: { n: 2 }, p99Ms: 5, cpuUs: 200 }),
    trial({ variant: { n: 3 }, p99Ms: 9, bytes: 300, goodput: 480 }),
    trial({ variant: { n: 4 }, p99Ms: 21, cpuUs: 300, goodput: 900 }),
    trial({ variant: { n: 5 }, p99Ms: null }),
  ];
  const order = (objective: string, trials: readonly TrialResult[]) =>
    rankVariants(trials, parseObjective(objective)).map(({ variant }) => variant.n);

  it('ranks by the objective, what misses its conditions behind what keeps them', () => {
    expect(order('minimise p99', [slow, fast, frugal, worst, lost])).toEqual([2, 3, 1, 4, 5]);
    expect(order('minimise bytes', [slow, fast, frugal])[0]).toBe(3);
    expect(order('maximise goodput with p99 < 10ms', [worst, fast, frugal])).toEqual([2, 3, 4]);
  });

  it('goes by the worst phase: the highest of what is to be low, the lowest of what is to be high', () => {
    const played = (n: number, duringMs: number, duringGoodput: number): TrialResult => {
      const { phases, ...rest } = trial({ variant: { n }, p99Ms: 1, goodput: 500 });
      const steady = phases.steady as NonNullable<typeof phases.steady>;
      const offered = { ...steady.latencyUs.offered, p99: duringMs * 1e3 };
      const during = { ...steady, goodputPerSecond: duringGoodput, latencyUs: { ...steady.latencyUs, offered } };
      return { ...rest, phases: { before: steady, during, after: steady } };
    };
    const trials = [played(1, 700, 480), played(2, 10, 90), played(3, 40, 300)];
    expect(order('minimise p99', trials)).toEqual([2, 3, 1]);
    expect(order('maximise goodput', trials)).toEqual([1, 3, 2]);
  });

  it('puts on the front what nothing else beats altogether', () => {
    const front = (...trials: readonly TrialResult[]) =>
      rankVariants(trials, p99).flatMap(({ variant, isOnFront }) => (isOnFront ? [variant.n] : []));
    const even = trial({ variant: { n: 3 }, p99Ms: 9, bytes: 300, goodput: 498 }); // goodput alike, but for chance
    const beaten = trial({ variant: { n: 4 }, p99Ms: 21, cpuUs: 300 });
    expect(front(slow, fast, even, beaten)).toEqual([2, 3]);
    expect(front(slow, fast, even, worst)).toEqual([2, 3, 4]); // nothing else does 900 a second
    const never = trial({ variant: { n: 5 }, p99Ms: null, cpuUs: 1, bytes: 1 });
    const ranked = rankVariants([fast, never], p99, 'p99');
    expect(ranked.map(({ variant, isOnFront }) => [variant.n, isOnFront])).toEqual([
      [2, true],
      [5, false],
    ]);
  });

  it('counts no invalid trial: it is last, and keeps nothing else off the front', () => {
    const invalid: TrialResult = {
      ...trial({ variant: { n: 6 }, p99Ms: 1, cpuUs: 1, bytes: 1 }),
      verdict: { status: 'invalid', reasons: [] },
    };
    const ranked = rankVariants([invalid, slow, fast], p99);
    expect(ranked.map(({ variant, verdict, isOnFront }) => [variant.n, verdict, isOnFront])).toEqual([
      [2, 'valid', true],
      [1, 'valid', true],
      [6, 'invalid', false],
    ]);
    expect(ranked.at(-1)?.value).toBeNull();
    // It says nothing about a condition either, so none was missed.
    const [judged] = rankVariants([invalid], parseObjective('minimise p99 with p99 < 0.5ms'));
    expect(judged?.isWithin).toBeNull();
    expect(rankVariants([slow], parseObjective('minimise p99 with p99 < 0.5ms'))[0]?.isWithin).toBe(false);
  });
});

describe('the finals', () => {
  const repeats = (variant: TrialResult['variant'], p99Ms: readonly number[]) =>
    p99Ms.map((ms, n) => trial({ variant, p99Ms: ms, repeat: n + 1 }));
  const usual = repeats({}, [10, 20, 40, 11, 19]);

  it('compare within each repeat, so that a machine that changes does not hide a gain', () => {
    const better = repeats({ n: 1 }, [8, 16.2, 31.8, 8.9, 15.1]);
    const [found] = compareFinalists([...usual, ...better], p99);
    expect(found).toMatchObject({ variant: { n: 1 }, isBetter: true, against: { pairs: 5 } });
    expect(found?.against?.ratio).toBeCloseTo(0.8, 1);
  });

  it('take what was not reached for worse than any value, though it has no ratio', () => {
    const never = (variant: TrialResult['variant']) =>
      repeats(variant, [10, 10, 10, 10, 10]).map(({ phases, ...rest }) => {
        const steady = phases.steady as NonNullable<typeof phases.steady>;
        const offered = { ...steady.latencyUs.offered, p99: null };
        return { ...rest, phases: { steady: { ...steady, latencyUs: { ...steady.latencyUs, offered } } } };
      }) as TrialResult[];
    const reached = repeats({ n: 1 }, [900, 800, 990, 870, 850]);
    expect(compareFinalists([...never({}), ...reached], p99)[0]).toMatchObject({
      against: null,
      notReached: { own: 0, asWritten: 5, repeats: 5 },
      isBetter: true,
    });
    expect(compareFinalists([...usual, ...never({ n: 2 })], p99)[0]).toMatchObject({
      notReached: { own: 5, asWritten: 0, repeats: 5 },
      isBetter: false,
    });
    const faster = repeats({ n: 3 }, [8, 9, 8, 9, 8]);
    const order = compareFinalists([...never({}), ...reached, ...faster], p99);
    expect(order.map(({ variant }) => variant.n)).toEqual([3, 1]);
    const few = (trials: readonly TrialResult[]) => trials.slice(0, 3);
    expect(compareFinalists([...few(never({})), ...few(reached)], p99)[0]?.isBetter).toBe(false);
  });

  it('tell how many of the trials are suspect', () => {
    const [one, ...others] = repeats({ n: 1 }, [8, 16.2, 31.8, 8.9, 15.1]) as [TrialResult, ...TrialResult[]];
    const suspect: TrialResult = { ...one, verdict: { status: 'suspect', reasons: [] } };
    expect(compareFinalists([...usual, suspect, ...others], p99)[0]).toMatchObject({
      isBetter: true,
      doubtful: { suspect: 1, trials: 10 },
    });
    expect(compareFinalists([...usual, one, ...others], p99)[0]?.doubtful).toBeUndefined();
  });

  it('say on which side a finalist is, or that it is not told apart', () => {
    const side = (p99Ms: readonly number[]) => compareFinalists([...usual, ...repeats({ n: 1 }, p99Ms)], p99)[0]?.side;
    expect(side([8, 16.2, 31.8, 8.9, 15.1])).toBe('better');
    expect(side([15, 29, 62, 17, 28])).toBe('worse');
    expect(side([5, 24, 50, 8, 16])).toBe('notToldApart');
    expect(side([9.8, 19.6, 39.2, 10.8, 18.6])).toBe('notToldApart'); // 2 % are no difference
    expect(side([8, 16.2])).toBe('notToldApart'); // nor are two repeats enough
  });

  it('leave an invalid trial and its pair out, for values and for conditions', () => {
    const own = repeats({ n: 1 }, [8, 16.2, 31.8, 8.9, 900]);
    const invalid = own.map(
      (one): TrialResult => (one.repeat === 5 ? { ...one, verdict: { status: 'invalid', reasons: [] } } : one),
    );
    const objective = parseObjective('minimise p99 with p99 < 50ms');
    expect(compareFinalists([...usual, ...invalid], objective)[0]).toMatchObject({
      isBetter: true,
      against: { pairs: 4 },
    });
    expect(compareFinalists([...usual, ...own], objective)[0]?.isBetter).toBe(false);
  });

  it('tell no difference that is smaller than the instrument’s own error', () => {
    const canary = { count: 500, floorUs: 20, p50Us: 60, p90Us: 900, p99Us: 5_000 };
    const measured = [...usual, ...repeats({ n: 1 }, [8, 16.2, 31.8, 8.9, 15.1])];
    const within = measured.map((one): TrialResult => ({ ...one, verdict: { ...one.verdict, figures: { canary } } }));
    expect(compareFinalists(within, p99)[0]?.side).toBe('notToldApart');
  });

  it('call nothing better that may as well be chance, or that misses a condition', () => {
    const chance = repeats({ n: 1 }, [5, 24, 50, 8, 16]);
    expect(compareFinalists([...usual, ...chance], p99)[0]?.isBetter).toBe(false);
    const halved = repeats({ n: 2 }, [5, 10, 20, 5.5, 9.5]);
    expect(compareFinalists([...usual, ...halved], parseObjective('minimise p99 with p99 < 15ms'))[0]?.isBetter).toBe(
      false,
    );
  });
});
