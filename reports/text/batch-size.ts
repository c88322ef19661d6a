/** What batching came to: messages in a request, as they were. */
import { batchSizeOf, sumOfBatches } from '../../result/batch-counts.ts';
import type { TrialResult } from '../../result/result-types.ts';
import { formatCount } from './format-values.ts';

/** Of the trials together, `12.4`; null: none of them gathers. */
export function batchSizeText(trials: readonly TrialResult[]): string | null {
  const all = trials.flatMap(({ wire }) => wire.batches ?? []);
  return all.length === 0 ? null : sizeText(batchSizeOf(sumOfBatches(all)));
}

function sizeText(size: number | null): string {
  if (size === null) return '–';
  return size < 100 ? size.toFixed(1) : formatCount(Math.round(size));
}

export function batchFacts({ wire: { batches } }: TrialResult): string[] {
  if (batches === undefined || batches.requests === 0) return [];
  const { messages, requests, confirms = 0 } = batches;
  const confirmed = confirms > 0 ? `, confirmed ${sizeText(messages / confirms)} at a time` : '';
  return [
    `${formatCount(messages)} messages in ${formatCount(requests)} requests, ${sizeText(batchSizeOf(batches))} in each${confirmed}`,
  ];
}
