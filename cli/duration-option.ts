import { readQuantity } from '../result/quantity.ts';
import { usageError } from './usage-error.ts';

/** `30s` of an option, in milliseconds. Throws a BenchError (exit 2) that names it. */
export function durationOption(option: string, text: string): number {
  const reading = readQuantity('duration', text);
  if (reading.ok) return reading.value;
  throw usageError(`${option} ${text}: ${reading.message}`, `For example: ${option} 90s`);
}
