/** A broker that was out of memory or disk is told of for the run: what waited meanwhile is no doing of the protocol. */
import type { TrialResult, Warning } from '../result/result-types.ts';

/** One for each trial in which a broker held its publishers back. */
export function blockWarnings(trials: readonly TrialResult[]): Warning[] {
  return trials.flatMap(({ id, blockedPublishers }) => {
    if (blockedPublishers === undefined) return [];
    const { times, durationMs, reason } = blockedPublishers;
    const often = times === 1 ? 'once' : `${times} times`;
    return [
      {
        code: 'publishersBlocked',
        message: `${id}: RabbitMQ blocked its publishers ${often}, for ${(durationMs / 1e3).toFixed(1)} s in all (connection.blocked: ${reason}): it read nothing that was published`,
        remedy: 'Give the broker more memory or disk, or raise vm_memory_high_watermark or disk_free_limit.',
      },
    ];
  });
}
