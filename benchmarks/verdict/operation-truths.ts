/** What the operations of a trial took without the instrument: by other clocks than the one that is on trial. Times in µs. */
import { LoggedOperations } from '../../runners/recording/logged-operations.ts';
import type { OperationLogData } from '../../runners/recording/operation-log.ts';
import { formatOperationId } from '../../targets/domain/operation-id.ts';

export interface TruthInput {
  readonly trialTag: string;
  readonly logs: readonly OperationLogData[];
  /** Operations due before that are left out: the warm-up. Monotonic µs. */
  readonly fromUs: number;
  /** When the answer went on its way, by whoever gave it or passed it on; undefined: not known. Monotonic µs. */
  readonly answeredUs: (id: string) => number | undefined;
  /** The recorded response time of the fastest operation. */
  readonly fastestUs: number;
  /** Of a client that gathers operations before it sends them: the send lag at the percentile that is asked for. null: none. */
  readonly gatheredSendLagUs: number | null;
}

export interface Truths {
  /** First byte to answer, plus what the fastest operation had beside that, in rising order. */
  readonly us: readonly number[];
  /** Operations of which one of the two times is not known. */
  readonly unknown: number;
}

/**
 * From the first byte (with a client that gathers: from the intended start, less the send lag's own percentile) that left to the answer, and on top what lies on
 * either side of it at its best: encoding, the way back, decoding. Send lag and whatever the reading side was late are not in it: they are the instrument's.
 */
export function operationTruths({ trialTag, logs, fromUs, answeredUs, fastestUs, ...input }: TruthInput): Truths {
  const took: number[] = [];
  let unknown = 0;
  for (const log of logs) {
    const { producer, length } = log;
    const logged = new LoggedOperations(log);
    for (let sequence = 0; sequence < length; sequence++) {
      const dueUs = logged.intendedUs(sequence);
      if (dueUs < fromUs) continue;
      const sentUs = dueUs + (input.gatheredSendLagUs ?? logged.sentAfterUs(sequence));
      const seenUs = answeredUs(formatOperationId(trialTag, producer, sequence));
      if (seenUs === undefined || Number.isNaN(sentUs)) unknown++;
      else took.push(seenUs - sentUs);
    }
  }
  took.sort((a, b) => a - b);
  const besideUs = Math.max(0, fastestUs - (took[0] ?? 0));
  return { us: took.map((us) => us + besideUs), unknown };
}

/** By rank, as the product takes its percentiles; null without operations. */
export function truthAt({ us }: Truths, quantile: number): number | null {
  return us[Math.max(1, Math.ceil(quantile * us.length - 1e-9)) - 1] ?? null;
}
