/** The account of what our service has written: what was handed over to it against the records that are there. Pure. */
import type { OutputsResult } from '../../result/result-types.ts';
import type { Outputs } from '../../targets/output-source.ts';
import { LoggedOperations } from './logged-operations.ts';
import type { OperationLogData } from './operation-log.ts';

/** `isHandedOver`: by operation. */
export function outputsAccount(
  logs: readonly OperationLogData[],
  isHandedOver: readonly boolean[],
  { committed: { operations, repeated, extra }, written }: Outputs,
): OutputsResult {
  const account = { due: 0, once: 0, twice: 0, missing: 0, unacknowledged: 0 };
  for (const log of logs.map((data) => new LoggedOperations(data))) {
    const { producer, length } = log;
    for (let sequence = 0; sequence < length; sequence++) {
      if (isHandedOver[log.operation(sequence)] !== true) continue;
      const id = { producer, sequence };
      const isThere = operations.has(id);
      if (Number.isNaN(log.acknowledgedAfterUs(sequence))) {
        if (isThere) account.unacknowledged++;
        continue;
      }
      account.due++;
      if (!isThere) account.missing++;
      else if (repeated.has(id)) account.twice++;
      else account.once++;
    }
  }
  return { ...account, extra, uncommitted: Math.max(0, written - operations.count - extra) };
}
