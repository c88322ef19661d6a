import { describe, expect, it } from 'vitest';
import type { CapacityResult, TrialResult } from '../../result/result-types.ts';
import { answer } from '../answer/answer.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { reporters } from '../formats.ts';
import { capacitySentence, withoutProbes } from './capacity.ts';

const found: CapacityResult = {
  target: 'rest',
  condition: 'calm',
  slo: ['p99 < 20ms'],
  ratePerSecond: 1_200,
  ended: 'confirmed',
  missedPerSecond: 1_250,
  limit: { part: 'service', evidence: 'the service used 0.97 cores.' },
  probes: [
    { trial: 'rest-calm-1', ratePerSecond: 1_250, purpose: 'probe', missed: ['p99 < 20ms'] },
    { trial: 'rest-calm-2', ratePerSecond: 1_200, purpose: 'confirm', missed: [] },
  ],
};
const others: CapacityResult[] = [
  { ...found, target: 'grpc', ratePerSecond: 20_000, ended: 'ceiling', missedPerSecond: null, limit: null },
  { ...found, target: 'queue', ratePerSecond: null, ended: 'floor', missedPerSecond: 300 },
  {
    ...found,
    target: 'stream',
    ratePerSecond: null,
    ended: 'unconfirmed',
    limit: { part: null, evidence: 'Nothing.' },
  },
];

describe('the highest rate', () => {
  it('is the answer, best first, with what stood in the way', () => {
    const result = fixtureResult({ capacity: [found, ...others] });
    expect(answer(result).sentences[0]).toBe(
      'Highest rate with p99 < 20ms: grpc 20,000/s or more, rest 1,200/s (limit: the service), ' +
        'queue less than 300/s (limit: the service), stream none that could be confirmed.',
    );
    expect(capacitySentence(fixtureResult())).toBeNull();
  });

  it.each(['terminal', 'markdown', 'html'] as const)('has its table and its reasons in %s', (format) => {
    const text = reporters[format].render(fixtureResult({ capacity: [found] }));
    expect(text).toContain('1,250/s');
    expect(text).toContain('rest under calm, limit the service: the service used 0.97 cores.');
  });

  it('stands without the trials that only led to it', () => {
    const { trials } = fixtureResult();
    const [first, ...rest] = trials;
    const result = fixtureResult({
      capacity: [found],
      trials: [{ ...(first as TrialResult), purpose: 'probe' }, ...rest],
    });
    expect(withoutProbes(result).trials).toEqual(rest);
    expect(reporters.html.render(result)).not.toContain(`<b>${first?.id}</b>`);
  });
});
