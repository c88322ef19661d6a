import { describe, expect, it } from 'vitest';
import type { DeliveriesResult, TrialResult, Verdict } from '../../result/result-types.ts';
import { deliverySentences } from '../answer/delivery-sentences.ts';
import { conditionGroups } from '../figures/result-view.ts';
import { fixtureResult, fixtureTrial } from '../fixtures/fixture-result.ts';
import { fullTitles, type Table } from '../text/table.ts';
import { deliveryAccount } from './delivery-account.ts';
import { deliveryTables } from './delivery-tables.ts';

const summary = (p50: number) => ({ count: 100, p50, p99: 2 * p50 });

/** All times and costs are `factor` times those of 1. */
function deliveries(factor: number, missed: number): DeliveriesResult {
  return {
    ...{ subscribers: 10, processes: 2, publications: 100, pairs: 1_000, delivered: 1_000 - missed, missed },
    ...{ missedInGaps: missed, twice: 0, outOfOrder: 0, foreign: 0, unreadable: 0, reconnects: 0 },
    gaps: { count: 1, p50Us: 1_000_000 * factor, longestUs: 2_000_000 * factor, neverBack: 0 },
    overflow: { dropped: 1, disconnected: 0, blockedMs: 7_000 * factor },
    handling: { p50Us: 1, p99Us: 1, firstP50Us: 300_000 * factor, lastP50Us: 400_000 * factor },
    cpuUsPerDelivery: { service: 100 * factor, broker: null, proxy: 10 * factor, subscribers: 20 * factor },
    bytesPerDelivery: 500 * factor,
    slow: { subscribers: 1, deliveredUs: summary(5_000 * factor), missed: 0 },
    others: { subscribers: 9, deliveredUs: summary(6_000 * factor), missed: 0 },
    canary: null,
  };
}

function trialOf(repeat: number, status: Verdict['status'], of: DeliveriesResult): TrialResult {
  const trial = fixtureTrial('websocket', 'slow-network', { repeat, deliveries: of });
  return { ...trial, id: `${trial.target}-${trial.condition}-${repeat}`, verdict: { ...trial.verdict, status } };
}

function groupOf(...trials: TrialResult[]) {
  const [group] = conditionGroups({ ...fixtureResult(), trials });
  if (group === undefined) throw new Error('the trials have a condition');
  return group;
}

it('has times and costs of the trials that count alone, and counts over all: what was missed is missed', () => {
  const valid = trialOf(1, 'valid', deliveries(1, 0));
  const alone = deliveryTables(groupOf(valid));
  const both = deliveryTables(groupOf(valid, trialOf(2, 'invalid', deliveries(1_000, 3))));
  const cells = (tables: typeof both, n: number) => tables[n]?.rows[0]?.cells;
  expect(cells(both, 1)).toEqual(cells(alone, 1));
  expect(cells(both, 2)?.filter((_, n) => n !== 7)).toEqual(cells(alone, 2)?.filter((_, n) => n !== 7));
  expect(cells(both, 0)).toEqual(['websocket', '200', '2,000', '3', '3', '0', '0', '2', '2.00 s']);
});

it('compares what others had while some were slow in the trials that count alone', () => {
  const valid = trialOf(1, 'valid', deliveries(1, 0));
  const text = deliverySentences(groupOf(valid));
  expect(text.join()).toMatch(/the p50 of all others was [\d.]+× that of before/);
  expect(deliverySentences(groupOf(valid, trialOf(2, 'invalid', deliveries(1_000, 0))))).toEqual(text);
});

it('shows those of invalid trials where there are no others', () => {
  const [, cost] = deliveryTables(groupOf(trialOf(1, 'invalid', deliveries(1, 0))));
  expect(cost?.rows[0]).toMatchObject({ status: 'invalid', cells: expect.arrayContaining(['100 µs', '500 B']) });
});

describe('the account of the first screen', () => {
  const of = (condition: string, missed: number) => ({ ...trialOf(1, 'valid', deliveries(1, missed)), condition });
  const groups = (...trials: TrialResult[]) => conditionGroups({ ...fixtureResult(), trials });

  it('has what was missed under each condition beside when the last one had it under the first', () => {
    const table = deliveryAccount(groups(of('calm', 0), of('cut', 4)));
    expect(table?.columns.map(({ title }) => title)).toEqual(['target', 'p50', 'p99', 'calm', 'cut']);
    expect(table?.rows.map(({ cells }) => cells)).toEqual([['websocket', '–', '–', '0', '4']]);
  });

  it('has all of the account where there is one condition', () => {
    const table = deliveryAccount(groups(of('cut', 4)));
    expect(fullTitles(table as Table)).toEqual([
      ...['target', 'p50', 'p99', 'owed', 'missed', 'twice', 'out of order', 'gaps'],
    ]);
    expect(table?.rows.map(({ cells }) => cells)).toEqual([['websocket', '–', '–', '1,000', '4', '0', '0', '1']]);
  });

  it('is none where nothing is published', () => {
    expect(deliveryAccount(groups(fixtureTrial('rest', 'calm')))).toBeNull();
  });
});
