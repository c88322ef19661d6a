import { expect, it } from 'vitest';
import type { DeliveriesResult, RunResult } from '../../result/result-types.ts';
import { conditionGroups } from '../figures/result-view.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { deliverySentences } from './delivery-sentences.ts';

function sentences(counts: Partial<DeliveriesResult>): string[] {
  const deliveries: DeliveriesResult = {
    ...{ subscribers: 2, processes: 2, publications: 50, pairs: 100, delivered: 100, missed: 0, missedInGaps: 0 },
    ...{ twice: 0, outOfOrder: 0, foreign: 0, unreadable: 0, reconnects: 0 },
    gaps: { count: 0, p50Us: null, longestUs: null, neverBack: 0 },
    handling: { p50Us: null, p99Us: null, firstP50Us: null, lastP50Us: null },
    cpuUsPerDelivery: { service: null, broker: null, proxy: null, subscribers: null },
    ...{ bytesPerDelivery: null, canary: null, ...counts },
  };
  const { trials, ...rest } = fixtureResult();
  const [trial] = trials;
  if (trial === undefined) throw new Error('no trial');
  const result: RunResult = { ...rest, trials: [{ ...trial, deliveries }] };
  const [group] = conditionGroups(result);
  return group === undefined ? [] : deliverySentences(group).map((text) => text.replace(/^\S+: /, ''));
}

it('says of what was missed whether its subscriber was there', () => {
  expect(sentences({ missed: 30, missedInGaps: 0 })).toEqual([
    '30 of 100 deliveries missed, all of them while it was subscribed.',
  ]);
  expect(sentences({ missed: 30, missedInGaps: 20 })[0]).toContain('10 of them while it was subscribed');
});

it('tells of events that came and held no id, or that of another run', () => {
  expect(sentences({})).toHaveLength(1);
  expect(sentences({ missed: 100, unreadable: 100, foreign: 7 })[1]).toBe(
    'of the events that came and count for nothing 100 held no id where `events.id` says, 7 held ids that are not of this trial.',
  );
});
