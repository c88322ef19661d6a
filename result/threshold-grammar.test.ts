import { describe, expect, it } from 'vitest';
import { parseThreshold } from './threshold-grammar.ts';

describe('parseThreshold', () => {
  it.each([
    ['rest p99 < 100ms in calm', { target: 'rest', metric: 'p99', operator: '<', value: 100_000, within: ['calm'] }],
    ['all lost == 0', { target: 'all', metric: 'lost', operator: '==', value: 0, within: [] }],
    ['all goodput>=400/s', { target: 'all', metric: 'goodput', operator: '>=', value: 400, within: [] }],
    ['rest errorRatio < 1 %', { target: 'rest', metric: 'errorRatio', operator: '<', value: 0.01, within: [] }],
    [
      'queue delivered p99.9 <= 2s',
      { target: 'queue', metric: 'delivered p999', operator: '<=', value: 2_000_000, within: [] },
    ],
    [
      'rest placeOrder delivered p99 < 1.5ms in calm, during',
      {
        target: 'rest',
        operation: 'placeOrder',
        metric: 'delivered p99',
        operator: '<',
        value: 1_500,
        within: ['calm', 'during'],
      },
    ],
    [
      'rest getOrder p50 != 1us',
      { target: 'rest', operation: 'getOrder', metric: 'p50', operator: '!=', value: 1, within: [] },
    ],
    [
      'rest getOrder errorRatio < 5%',
      { target: 'rest', operation: 'getOrder', metric: 'errorRatio', operator: '<', value: 0.05, within: [] },
    ],
    [
      'rest getOrder dropped == 0',
      { target: 'rest', operation: 'getOrder', metric: 'dropped', operator: '==', value: 0, within: [] },
    ],
    [
      'rest cpuPerOperation < 0.5ms',
      { target: 'rest', metric: 'cpuPerOperation', operator: '<', value: 500, within: [] },
    ],
    [
      'slow-rest bytesPerOperation < 2KiB',
      { target: 'slow-rest', metric: 'bytesPerOperation', operator: '<', value: 2_048, within: [] },
    ],
    [
      'rest max < 1 s in slow-network after',
      { target: 'rest', metric: 'max', operator: '<', value: 1_000_000, within: ['slow-network', 'after'] },
    ],
    ['rest failed p99 < 1s', { target: 'rest', metric: 'failed p99', operator: '<', value: 1_000_000, within: [] }],
    [
      'rest amplification <= 1.5 in during',
      { target: 'rest', metric: 'amplification', operator: '<=', value: 1.5, within: ['during'] },
    ],
    ['rest failed < 3', { target: 'rest', metric: 'failed', operator: '<', value: 3, within: [] }],
  ] as const)('%s', (expression, expected) => {
    expect(parseThreshold(`  ${expression} `)).toEqual({ ok: true, threshold: { expression, ...expected } });
  });

  it.each([
    ['', 1, 'is empty; write e.g. "rest p99 < 100ms in calm"'],
    ['rest p99', 9, 'has no comparison; use one of < <= > >= == !='],
    ['< 100ms', 1, 'begins with the name of a target, or all'],
    ['rest < 100ms', 6, 'needs a metric between target and comparison, e.g. p99, goodput, lost'],
    ['rest p99 = 100ms', 10, '"=" is not one of < <= > >= == !=', 'did you mean ==?'],
    ['rest p99 => 100ms', 10, '"=>" is not one of < <= > >= == !='],
    ['rest p99 <', 11, 'has no value behind <'],
    ['rest p99 < 100', 12, '"100" needs a unit, e.g. 5s'],
    ['rest p99 < 100sec', 12, '"sec" is no unit of a duration; use us, µs, ms, s, m, min, h', 'did you mean 100s?'],
    ['rest p99 < -1s', 12, '"-1s" must not be negative'],
    ['rest lost == 0.5', 14, '"0.5" is not a whole number; this metric counts operations'],
    ['rest amplification < 2x', 22, '"2x" is not a number; this metric is attempts an operation, e.g. 1.5'],
    ['rest goodput > 100ms', 16, '"ms" is no unit of a rate; use /s, /min, /h'],
    ['rest placeOrder goodput > 1/s', 6, 'goodput is known for all operations together only; leave out "placeOrder"'],
    ['rest placeOrder lost == 0', 6, 'lost is known for all operations together only; leave out "placeOrder"'],
    ['rest lost == 0 in during', 19, 'lost is counted over the whole trial; leave out the phase during'],
    ['rest p99 < 1s calm', 15, '"calm" is not expected here; phases and conditions follow the word in'],
    ['rest p99 < 1s in', 17, 'names no phase or condition behind in'],
    ['rest p99 < 1s in calm < 3', 23, '"<" is not expected here'],
  ] as const)('%j is refused at column %d', (text, column, message, suggestion?: string) => {
    expect(parseThreshold(text)).toEqual({ ok: false, column, message, ...(suggestion && { suggestion }) });
  });

  it.each([
    ['rest p9 < 1s', 6, 'did you mean p90?'],
    ['rest lots == 0', 6, 'did you mean lost?'],
    ['rest placeOrder deliverd p99 < 1s', 17, 'did you mean delivered?'],
    ['rest delivered p95 < 1s', 16, 'did you mean p90?'],
  ] as const)('%j is no metric', (text, column, suggestion) => {
    expect(parseThreshold(text)).toMatchObject({ ok: false, column, suggestion });
  });

  it('takes an unknown word before a percentile for an operation, which only the scenario knows', () => {
    const reading = parseThreshold('rest deliverd p99 < 1s');
    expect(reading).toMatchObject({ ok: true, threshold: { operation: 'deliverd', metric: 'p99' } });
  });
});
