import { describe, expect, it } from 'vitest';
import { type QuantityKind, quantityExamples, quantityPattern, readQuantity } from './quantity.ts';

describe('readQuantity', () => {
  it.each([
    ['duration', '40ms', 40],
    ['duration', '0ms', 0],
    ['duration', '1.5s', 1_500],
    ['duration', ' 3 s ', 3_000],
    ['duration', '100us', 0.1],
    ['duration', '100µs', 0.1],
    ['duration', '2m', 120_000],
    ['duration', '2min', 120_000],
    ['duration', '1h', 3_600_000],
    ['size', '1KiB', 1_024],
    ['size', '16MiB', 16_777_216],
    ['size', '10kB', 10_000],
    ['size', '7B', 7],
    ['rate', '500/s', 500],
    ['rate', '30/min', 0.5],
    ['percentage', '57%', 0.57],
    ['percentage', '0.1%', 0.001],
  ] as const)('%s %j is %d', (kind, text, value) => {
    expect(readQuantity(kind, text)).toEqual({ ok: true, value });
  });

  it.each([
    ['duration', '5', 'needs a unit, e.g. 5s', undefined],
    ['duration', '-5s', 'must not be negative', undefined],
    ['duration', 'soon', '"soon" is not a duration, e.g. 5s', undefined],
    ['duration', '', '"" is not a duration, e.g. 5s', undefined],
    ['duration', '5sec', '"sec" is no unit of a duration; use us, µs, ms, s, m, min, h', 'did you mean 5s?'],
    ['duration', '5S', '"S" is no unit of a duration; use us, µs, ms, s, m, min, h', 'did you mean 5s?'],
    ['size', '1kb', '"kb" is no unit of a size; use B, KiB, MiB, kB, KB, MB', 'did you mean 1kB?'],
    ['rate', '500rps', '"rps" is no unit of a rate; use /s, /min, /h', 'did you mean 500/s?'],
    ['rate', '1,000/s', '",000/s" is no unit of a rate; use /s, /min, /h', undefined],
    ['duration', '1KiB', '"KiB" is no unit of a duration; use us, µs, ms, s, m, min, h', undefined],
    ['duration', '5constructor', '"constructor" is no unit of a duration; use us, µs, ms, s, m, min, h', undefined],
    ['duration', '1e3ms', '"e3ms" is no unit of a duration; use us, µs, ms, s, m, min, h', undefined],
  ] as const)('%s %j: %s', (kind, text, message, suggestion) => {
    expect(readQuantity(kind, text)).toEqual({ ok: false, message, ...(suggestion && { suggestion }) });
  });

  it('grows with the number, in every unit, and agrees with its pattern', () => {
    const units = {
      duration: ['us', 'ms', 's', 'min', 'h'],
      size: ['B', 'KiB', 'MiB'],
      rate: ['/s', '/min', '/h'],
      percentage: ['%'],
    };
    for (const [kind, names] of Object.entries(units) as [QuantityKind, string[]][]) {
      const pattern = new RegExp(quantityPattern(kind), 'u');
      for (const unit of names) {
        const one = read(kind, `1${unit}`);
        for (const count of [0, 0.25, 1, 3, 1_000, 123_456]) {
          expect(read(kind, `${count}${unit}`) / (one * count || 1)).toBeCloseTo(count === 0 ? 0 : 1, 12);
          expect(pattern.test(`${count}${unit}`)).toBe(true);
        }
        expect(pattern.test(`1${unit}x`)).toBe(false);
      }
      expect(pattern.test(quantityExamples[kind])).toBe(true);
      expect(pattern.test('1')).toBe(false);
    }
  });
});

function read(kind: QuantityKind, text: string): number {
  const reading = readQuantity(kind, text);
  if (!reading.ok) throw new Error(`${text}: ${reading.message}`);
  return reading.value;
}
