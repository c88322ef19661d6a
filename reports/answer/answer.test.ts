import { describe, expect, it } from 'vitest';
import type { LatencyName, LatencySummary, RunResult, TrialResult } from '../../result/result-types.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { comparisonTables } from '../tables/comparison-tables.ts';
import { answer } from './answer.ts';

const whole = fixtureResult();
const lead = (result: RunResult) => answer(result).sentences[0];
const withTrials = (of: (trial: TrialResult) => TrialResult | readonly TrialResult[]) =>
  fixtureResult({ trials: whole.trials.flatMap(of) });

/** Sets one figure of placeOrder in the `during` phase. */
function withFigure(
  trial: TrialResult,
  figures: Partial<LatencySummary>,
  change: Partial<TrialResult> = {},
  latency: LatencyName = 'delivered',
): TrialResult {
  const { during } = trial.phases;
  const place = during?.operations.placeOrder;
  if (during === undefined || place === undefined) return { ...trial, ...change };
  const latencyUs = { ...place.latencyUs, [latency]: { ...place.latencyUs[latency], ...figures } };
  const operations = { ...during.operations, placeOrder: { ...place, latencyUs } };
  return { ...trial, phases: { ...trial.phases, during: { ...during, operations } }, ...change };
}

const isSlow = (trial: TrialResult, target: string) => trial.target === target && trial.condition === 'slow-network';

/** Repeats of the targets under the slow network, with the given delivered p99s in milliseconds. */
function repeats(p99Ms: Readonly<Record<string, readonly (number | null)[]>>): RunResult {
  const trials = whole.trials.flatMap((trial) =>
    isSlow(trial, trial.target)
      ? (p99Ms[trial.target] ?? []).map((ms, n) =>
          withFigure(trial, { p99: ms === null ? null : ms * 1e3 }, { repeat: n + 1, id: `${trial.target}-${n + 1}` }),
        )
      : [],
  );
  return fixtureResult({ trials, plan: { ...whole.plan, repeats: 3 } });
}

describe('the answer', () => {
  it('has the primary figure of each target by guarantee, in the scenario’s order, and who takes no part, and why', () => {
    expect(lead(whole)).toMatch(
      /^Delivered p99 of placeOrder under slow-network \(during\): process memory: rest \S+ ms, grpc \S+ ms, websocket 1\S+ ms; broker’s page cache: stream \S+ ms; broker’s disk \(flushed\): queue not reached \(31 % undelivered\) – different guarantees, in no order among each other\. Not ranked: rest-autocannon \(closed loop, see the cross-checks\)\.$/,
    );
  });

  it('tells what was lost and where, which trials hold, and which thresholds do not', () => {
    expect(answer(whole).sentences.slice(1)).toEqual([
      'One repeat gives no order: it takes 3.',
      'Beyond doubt: rest, grpc, websocket and stream reached it, queue did not; stream lost 12 acknowledged operations, rest, grpc, websocket and queue none.',
      'Lost: 12 of 75,000 acknowledged operations (stream-slow-network-1); applied twice: 3 (stream-slow-network-1); no ledger in 1 of 11 trials.',
      '10 of 11 trials valid; 1 suspect: grpc-calm-1.',
      'Of 4 thresholds 2 failed and 1 has no data.',
    ]);
  });

  it('says of a target that sits out the condition what it lacks, and ranks it nowhere', () => {
    const trials = whole.trials.filter((trial) => !isSlow(trial, 'rest'));
    const satOut = [{ target: 'rest', condition: 'slow-network', lacks: 'no broker' }];
    const result = fixtureResult({ trials, satOut });
    expect(lead(result)).toMatch(/Not ranked: .*rest \(sits out slow-network: no broker\)/);
    const tables = comparisonTables(result).find(({ group }) => group.condition === 'slow-network')?.latency ?? [];
    expect(tables.length).toBeGreaterThan(0);
    for (const { columns, rows } of tables) {
      const row = rows.find(({ cells }) => cells[0] === 'rest')?.cells ?? [];
      expect(row).toHaveLength(columns.length);
      expect([row.at(-1), new Set(row.slice(1, -1))]).toEqual(['sits out: no broker', new Set(['–'])]);
    }
  });

  it.each(['suspect', 'invalid'] as const)('shows a %s target without ranking it, however fast', (status) => {
    const result = withTrials((trial) =>
      trial.target === 'websocket' ? { ...trial, verdict: { status, reasons: [] } } : trial,
    );
    expect(lead(result)).toMatch(
      new RegExp(`: rest .*Not ranked: websocket 1\\S+ ms \\(${status}\\), rest-autocannon`),
    );
  });

  it('claims nothing when no trial is valid', () => {
    const result = withTrials((trial) => ({ ...trial, verdict: { status: 'invalid', reasons: [] } }));
    expect(lead(result)).toMatch(/: no target has a figure that can be ranked\. Not ranked: .*rest \S+ ms \(invalid\)/);
    expect(answer(result).sentences.join(' ')).toContain('0 of 11 trials valid; 11 invalid');
  });

  it('names a target that did not run', () => {
    const result = withTrials((trial) => (trial.target === 'stream' ? [] : trial));
    expect(lead(result)).toMatch(/Not ranked: .*stream \(not measured\)/);
    const calmOnly = withTrials((trial) => (isSlow(trial, 'stream') ? [] : trial));
    expect(lead(calmOnly)).toMatch(/stream \(not measured under slow-network\)/);
  });

  it('says that an interrupted run is not whole', () => {
    const { sentences, figures } = answer(fixtureResult({ status: 'interrupted', trials: [], thresholds: [] }));
    expect(sentences.join(' ')).toContain('The run was interrupted: 0 of 11 trials are here.');
    expect(figures.every(({ us }) => us === null)).toBe(true);
  });

  it('gives the median where there are too few operations for the figure', () => {
    const result = withTrials((trial) => withFigure(trial, { count: 90, p99: null, p50: 1_500 }));
    const [first, second] = answer(result).sentences;
    expect(first).toContain('rest too few samples');
    expect(second).toMatch(/^A p99 takes 1,000 operations; .* The delivered p50: rest 1\.50 ms, grpc/);
  });

  it('does not pass the median of a suspect target off as ranked either', () => {
    const result = withTrials((trial) =>
      withFigure(trial, { count: 90, p99: null, p50: 1_500 }, { verdict: { status: 'suspect', reasons: [] } }),
    );
    expect(answer(result).sentences[1]).toContain('rest 1.50 ms (suspect, not ranked)');
  });

  it('names targets that are out for the same reason together', () => {
    const result = withTrials((trial) => (isSlow(trial, 'stream') || isSlow(trial, 'queue') ? [] : trial));
    expect(lead(result)).toContain('queue, stream (not measured under slow-network)');
  });

  it('does not rank different completion points against each other', () => {
    const primary = { operation: 'placeOrder', metric: 'p99', condition: 'slow-network', phase: 'during' } as const;
    const trials = whole.trials.map((trial): TrialResult => {
      const { during } = trial.phases;
      const place = during?.operations.placeOrder;
      if (trial.target !== 'stream' || during === undefined || place === undefined) return trial;
      const operations = { ...during.operations, placeOrder: { ...place, completion: 'delivered' as const } };
      return { ...trial, phases: { ...trial.phases, during: { ...during, operations } } };
    });
    expect(lead(fixtureResult({ trials, plan: { ...whole.plan, primary } }))).toMatch(
      /: acknowledged, process memory: rest .*, websocket [^,;]*; delivered, broker’s page cache: stream \S+ ms; acknowledged, broker’s disk \(flushed\): queue .* – different completion points and guarantees, in no order among each other\./,
    );
  });

  it('says that nobody knows what was lost when nobody kept a ledger', () => {
    const unknown = (trial: TrialResult): TrialResult => ({ ...trial, ledger: { ...trial.ledger, lost: null } });
    expect(answer(withTrials(unknown)).sentences.join(' ')).toContain('nothing is known of lost operations');
  });
});

describe('repeats', () => {
  it('are never averaged: the middle one, with the range', () => {
    expect(lead(repeats({ rest: [1, 100, 3], grpc: [5, 6, 7] }))).toContain(
      'rest 3.00 ms (1.00 ms – 100 ms), grpc 6.00 ms (5.00–7.00 ms)'.replace('1.00 ms – 100 ms', '1.00–100 ms'),
    );
  });

  it('of an even number count as the worse of the two middle ones', () => {
    expect(lead(repeats({ rest: [1, 4] }))).toContain('rest 4.00 ms (1.00–4.00 ms)');
  });

  it('in which the figure was not reached are the worst', () => {
    expect(lead(repeats({ rest: [1, null, 2] }))).toContain('rest 2.00 ms (1.00 ms – not reached)');
    expect(lead(repeats({ rest: [1, null, null] }))).toContain('rest not reached in 2 of 3 repeats');
  });

  const said = (
    p99Ms: Parameters<typeof repeats>[0],
    change: (trial: TrialResult) => TrialResult = (trial) => trial,
  ) => {
    const result = repeats(p99Ms);
    return answer({ ...result, trials: result.trials.map(change) }).sentences.join(' ');
  };

  it('tell two targets apart by the ratio within each repeat, and what so many repeats see', () => {
    // Log ratios 0.68, 0.70, 0.72 of values that move by a factor of 4 from repeat to repeat.
    expect(said({ rest: [1, 2, 4], grpc: [1.974, 4.028, 8.218] })).toContain(
      'Over 3 repeats rest is below grpc, which takes 2.01 × as long (95 % within 1.92–2.12). 3 repeats see a factor of about 1.06 here.',
    );
    expect(said({ rest: [1, 2, 5], grpc: [4, 5, 6] })).toContain('Over 3 repeats rest and grpc are not told apart.');
  });

  it('give no order where there are fewer than three', () => {
    expect(said({ rest: [1, 1], grpc: [9, 9] })).toContain('Two repeats give no order: it takes 3.');
  });

  it('are not told apart within the instrument’s own error', () => {
    const p99Ms = { rest: [10, 10, 10], grpc: [12, 12.01, 12.02] };
    const canary = { count: 800, floorUs: 20, p50Us: 60, p90Us: 900, p99Us: 2_500 };
    const measured = (trial: TrialResult): TrialResult => ({
      ...trial,
      verdict: { ...trial.verdict, figures: { canary } },
    });
    expect(said(p99Ms)).toContain('rest is below grpc');
    expect(said(p99Ms, measured)).toContain('rest and grpc are not told apart');
  });

  it('give no order between two guarantees, nor two completion points', () => {
    const flushed = (trial: TrialResult): TrialResult =>
      trial.target === 'grpc' ? { ...trial, semantics: { guarantee: 'broker’s disk (flushed)' } } : trial;
    expect(said({ rest: [1, 1, 1], grpc: [9, 9.1, 9.2] }, flushed)).not.toMatch(/below|told apart/);
    const unknown = (trial: TrialResult): TrialResult => ({ ...trial, semantics: { guarantee: null } });
    const both = said({ rest: [1, 1, 1], grpc: [9, 9.1, 9.2] }, unknown);
    expect(both).toContain('guarantee ?: rest 1.00 ms');
    expect(both).toContain('rest is below grpc');
  });

  it('that are not valid do not count while there is one that is', () => {
    const result = repeats({ rest: [1, 2, 3], grpc: [4, 5, 6] });
    const trials = result.trials.map(
      (trial): TrialResult =>
        trial.id === 'rest-1' ? { ...trial, verdict: { status: 'suspect', reasons: [] } } : trial,
    );
    expect(lead({ ...result, trials })).toContain('rest 3.00 ms (2.00–3.00 ms)');
  });
});

describe('what is beyond doubt', () => {
  const within = (trial: TrialResult, interval: readonly [number, number | null]): TrialResult => {
    const { during } = trial.phases;
    const place = during?.operations.placeOrder;
    if (during === undefined || place === undefined) return trial;
    const operations = {
      ...during.operations,
      placeOrder: { ...place, withinRunUs: { delivered: { p99: interval } } },
    };
    return { ...trial, phases: { ...trial.phases, during: { ...during, operations } } };
  };

  it('is of one run what lies a factor of 1.5 apart with the whole interval, within one guarantee', () => {
    const intervals = {
      rest: [900, 1_000],
      grpc: [1_600, 2_000],
      websocket: [1_400, 1_500],
      stream: [9_000, null],
    } as const;
    const result = withTrials((trial) =>
      trial.target in intervals ? within(trial, intervals[trial.target as keyof typeof intervals]) : trial,
    );
    expect(lead(result)).toMatch(
      /rest \S+ ms \[900 µs – 1\.00 ms\], grpc .*stream \S+ ms \[9\.00 ms or more\].* – in brackets 95 % within this run/,
    );
    expect(answer(result).sentences[2]).toMatch(
      /^Beyond doubt: rest is below grpc by a factor of 1\.60 or more within this run; rest, grpc, /,
    );
  });

  it('is told of suspect trials, too, of what all or none of the operations did', () => {
    const outage = (trial: TrialResult): TrialResult => {
      const { after } = trial.phases;
      if (after === undefined) return trial;
      const { offered } = after.counts;
      const isDown = trial.target === 'rest' || trial.target === 'grpc';
      const counts = isDown ? { ...after.counts, ok: 0, failed: offered } : { ...after.counts, ok: offered, failed: 0 };
      return { ...trial, phases: { ...trial.phases, after: { ...after, counts } } };
    };
    const result = withTrials((trial) => ({ ...outage(trial), verdict: { status: 'suspect', reasons: [] } }));
    expect(answer(result).sentences.join(' ')).toContain(
      'under slow-network (after) all operations of rest and grpc failed, of websocket, queue and stream none;',
    );
    const invalid = withTrials((trial) => ({ ...outage(trial), verdict: { status: 'invalid', reasons: [] } }));
    expect(answer(invalid).sentences.join(' ')).not.toContain('Beyond doubt');
  });
});
