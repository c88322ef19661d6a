/** Quantities that carry their unit: `40ms`, `1KiB`, `500/s`, `33%`. */
import { closestName } from './closest-name.ts';

/** Unit → [multiplier, divisor] to the base unit: milliseconds, bytes, a second, bytes a second, a ratio. */
const units = {
  duration: {
    us: [1, 1e3],
    µs: [1, 1e3],
    ms: [1, 1],
    s: [1e3, 1],
    m: [6e4, 1],
    min: [6e4, 1],
    h: [3.6e6, 1],
  },
  size: { B: [1, 1], KiB: [1024, 1], MiB: [1024 ** 2, 1], kB: [1e3, 1], KB: [1e3, 1], MB: [1e6, 1] },
  rate: { '/s': [1, 1], '/min': [1, 60], '/h': [1, 3600] },
  bandwidth: {
    'B/s': [1, 1],
    'kB/s': [1e3, 1],
    'KB/s': [1e3, 1],
    'MB/s': [1e6, 1],
    'KiB/s': [1024, 1],
    'MiB/s': [1024 ** 2, 1],
  },
  percentage: { '%': [1, 100] },
} as const satisfies Record<string, Record<string, readonly [number, number]>>;

export type QuantityKind = keyof typeof units;

/** What other notations mean here. */
const otherNotations: Readonly<Record<QuantityKind, Readonly<Record<string, string>>>> = {
  duration: {
    sec: 's',
    secs: 's',
    second: 's',
    seconds: 's',
    msec: 'ms',
    millis: 'ms',
    minute: 'min',
    minutes: 'min',
    mins: 'min',
    hour: 'h',
    hours: 'h',
    usec: 'us',
  },
  size: { b: 'B', byte: 'B', bytes: 'B', k: 'KiB', kib: 'KiB', kb: 'kB', m: 'MiB', mib: 'MiB', mb: 'MB' },
  rate: {
    '/sec': '/s',
    '/second': '/s',
    rps: '/s',
    ops: '/s',
    'req/s': '/s',
    'ops/s': '/s',
    hz: '/s',
    '/m': '/min',
    '/minute': '/min',
  },
  bandwidth: { 'b/s': 'B/s', 'kb/s': 'kB/s', 'mb/s': 'MB/s', 'kib/s': 'KiB/s', 'mib/s': 'MiB/s' },
  percentage: { percent: '%', pct: '%' },
};

export const quantityExamples = {
  duration: '5s',
  size: '1KiB',
  rate: '500/s',
  bandwidth: '1MB/s',
  percentage: '33%',
} as const satisfies Record<QuantityKind, string>;

const nouns = {
  duration: 'duration',
  size: 'size',
  rate: 'rate',
  bandwidth: 'bandwidth',
  percentage: 'percentage',
} as const;

export type QuantityReading =
  /** In milliseconds, bytes, a second, or as a ratio. */
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly message: string; readonly suggestion?: string };

/** A regular expression for what `readQuantity` accepts, for a JSON Schema. */
export function quantityPattern(kind: QuantityKind): string {
  const alternatives = Object.keys(units[kind]).join('|');
  return `^\\s*[0-9]+(\\.[0-9]+)?\\s*(${alternatives})\\s*$`;
}

/** Reads `<number><unit>`; the message of a failure fits behind the name of the value. */
export function readQuantity(kind: QuantityKind, text: string): QuantityReading {
  const example = quantityExamples[kind];
  const parts = /^\s*(-?)([0-9]+(?:\.[0-9]+)?)\s*(\S.*?)?\s*$/u.exec(text);
  const [, sign, digits, unit] = parts ?? [];
  if (digits === undefined) return { ok: false, message: `"${text}" is not a ${nouns[kind]}, e.g. ${example}` };
  if (sign === '-') return { ok: false, message: 'must not be negative' };
  if (unit === undefined) return needsUnit(kind);
  const known: Readonly<Record<string, readonly [number, number]>> = units[kind];
  const factors = Object.hasOwn(known, unit) ? known[unit] : undefined;
  if (factors !== undefined) return { ok: true, value: (Number(digits) * factors[0]) / factors[1] };
  const notations = otherNotations[kind];
  const lower = unit.toLowerCase();
  // 100ms for a rate is no slip of the pen.
  const isOtherKind = Object.values(units).some((others) => Object.hasOwn(others, unit));
  const nearest = isOtherKind ? null : closestName(unit, Object.keys(known));
  const meant = Object.hasOwn(notations, lower) ? notations[lower] : nearest;
  return {
    ok: false,
    message: `"${unit}" is no unit of a ${nouns[kind]}; use ${Object.keys(known).join(', ')}`,
    ...(meant ? { suggestion: `did you mean ${digits}${meant}?` } : {}),
  };
}

/** The reading of a number that came without its unit. */
export function needsUnit(kind: QuantityKind): Extract<QuantityReading, { ok: false }> {
  return { ok: false, message: `needs a unit, e.g. ${quantityExamples[kind]}` };
}
