import type { ThresholdResult } from '../../result/result-types.ts';
import { formatBytes, formatCount, formatFactor, formatRate, formatUs } from './format-values.ts';

/** What was found, in the unit of the threshold's metric: ` — 12.3 ms in rest-calm-1`. */
export function formatThresholdActual({ expression, actual, status, trial }: ThresholdResult): string {
  if (actual === null) return status === 'fail' ? `  not reached${where(trial)}` : '';
  return `  ${formatActual(expression, actual)}${where(trial)}`;
}

function where(trial: string | undefined): string {
  return trial === undefined ? '' : ` in ${trial}`;
}

function formatActual(expression: string, actual: number): string {
  if (/\b(p\d+(\.\d)?|min|max|mean)\b/.test(expression)) return formatUs(actual);
  if (/\b(cpuPerOperation|standStill|longestWait)\b/.test(expression)) return formatUs(actual);
  if (/\b(goodput|goodApplied|drainRate)\b/.test(expression)) return formatRate(actual);
  if (/\b(errorRatio|slowChains|slowChainsGap)\b/.test(expression)) return `${(actual * 100).toFixed(2)} %`;
  if (/\bamplification\b/.test(expression)) return formatFactor(actual);
  if (/\brequestsPerOperation\b/.test(expression)) return actual.toFixed(2);
  return /\b(bytesPerOperation|generatorMemory|serviceMemory)\b/.test(expression)
    ? formatBytes(actual)
    : formatCount(actual);
}
