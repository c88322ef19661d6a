import { describe, expect, it } from 'vitest';
import type { RunResult, TrialResult } from '../../result/result-types.ts';
import { couplingResult } from '../fixtures/coupling-result.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { fullTitles } from '../text/table.ts';
import { availabilityTables } from './availability-matrix.ts';

function detailsOf(result: RunResult, operation: string, target: string): Record<string, string> {
  const table = availabilityTables(result)[1];
  if (table === undefined) throw new Error('no details');
  const row = table.rows.find(({ cells }) => cells[1] === operation && cells[2] === target);
  return Object.fromEntries(fullTitles(table).map((title, n) => [title, row?.cells[n] ?? '']));
}

const changed = (change: (trial: TrialResult) => TrialResult, repeats = 3, plan: Partial<RunResult['plan']> = {}) => {
  const result = couplingResult({}, repeats);
  return { ...result, plan: { ...result.plan, ...plan }, trials: result.trials.map(change) };
};

describe('what was out when what was down', () => {
  it('has a row for each thing that was away and a column for each operation and target', () => {
    const [matrix] = availabilityTables(couplingResult());
    expect(matrix?.rows.map(({ cells }) => cells)).toEqual([
      ['service killed', '97 %', '97 %', '96 %', '0', '0', '97 %', '96 %', '97 %', '40 %', '37 %'],
    ]);
    expect(matrix && fullTitles(matrix).slice(0, 3)).toEqual(['down', 'handOver rest', 'handOver grpc']);
  });

  it('tells what failed, was done all the same, in the end, and how soon', () => {
    expect(detailsOf(couplingResult(), 'call', 'queue')).toMatchObject({
      outages: '3',
      '÷ deadline': '4.0',
      failed: '40 %',
      'failed yet done': '360',
      'done in the end': 'all',
      'caught up': 'within 1.0 s',
      lost: '0',
      'state lost': '0',
      'outages with failures': '3 of 3',
    });
  });

  it('is nothing with a single outage, or none', () => {
    const one = couplingResult({}, 1);
    const [first] = one.trials.filter(({ condition }) => condition === 'service-away');
    expect(availabilityTables({ ...one, trials: first === undefined ? [] : [first] })).toEqual([]);
    expect(availabilityTables(fixtureResult())).toEqual([]);
  });

  it('leaves out a kill that never came', () => {
    const result = changed((trial) => ({
      ...trial,
      faults: trial.faults.map((fault) => ({
        ...fault,
        appliedAtMs: trial.target === 'rest' ? null : fault.appliedAtMs,
      })),
    }));
    expect(detailsOf(result, 'call', 'rest')).toMatchObject({ outages: '' });
  });
});

describe('a rate of outages', () => {
  it('bounds what happened in none of ten kills', () => {
    expect(detailsOf(couplingResult({}, 10), 'handOver', 'queue')['outages with failures']).toBe(
      'none in 10: at most 26 % of kills (95 %)',
    );
  });

  it('takes ten outages at moments that the seed draws', () => {
    const ten = detailsOf(
      changed((trial) => trial, 10),
      'call',
      'rest',
    );
    expect(ten['outages with failures']).toBe('10 of 10');
    const drawn = { conditions: { 'service-away': [{ fault: 'kill', withinMs: 1_000 }] } };
    expect(
      detailsOf(
        changed((trial) => trial, 10, drawn),
        'call',
        'rest',
      )['outages with failures'],
    ).toBe('10 of 10: 69–100 % of kills (95 %)');
    expect(
      detailsOf(
        changed((trial) => trial, 9, drawn),
        'call',
        'rest',
      )['outages with failures'],
    ).toBe('9 of 9');
  });

  it('calls what is no kill an outage', () => {
    const paused = changed((trial) => ({ ...trial, faults: trial.faults.map((one) => ({ ...one, fault: 'pause' })) }));
    expect(
      detailsOf(
        { ...paused, trials: paused.trials.filter(({ condition }) => condition === 'service-away') },
        'handOver',
        'queue',
      ),
    ).toMatchObject({
      'outages with failures': 'none in 3: at most 63 % of outages (95 %)',
    });
  });
});

describe('what nobody saw', () => {
  it('is told as unknown, not as none', () => {
    const unseen = changed(({ blocks: _, ...trial }) => ({
      ...trial,
      ledger: { ...trial.ledger, applied: null, lost: null },
    }));
    expect(detailsOf(unseen, 'call', 'queue')).toMatchObject({
      'failed yet done': '?',
      'done in the end': '?',
      lost: '?',
    });
  });

  it('is a least number where some that were ok came to nothing', () => {
    const lost = changed((trial) => ({ ...trial, ledger: { ...trial.ledger, lost: 2 } }));
    expect(detailsOf(lost, 'call', 'queue')).toMatchObject({ 'failed yet done': '≥ 360', lost: '6' });
  });
});
