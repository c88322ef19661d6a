import { expect, it } from 'vitest';
import { formatOperationId } from '../../targets/domain/operation-id.ts';
import { OutputCount } from '../../targets/output-source.ts';
import { OperationLog } from './operation-log.ts';
import { outputsAccount } from './outputs-account.ts';

const read = 1;

/** Of operation 0 but the last, which is a read; the second is not acknowledged. */
function logOf(operations: readonly number[]) {
  const log = new OperationLog(0, true);
  operations.forEach((operation, sequence) => {
    log.append(sequence, operation, 0, 0);
    if (sequence !== 1) log.acknowledged(sequence, sequence + 10);
  });
  return log.toData();
}

function committed(...sequences: number[]) {
  const count = new OutputCount();
  for (const sequence of sequences) count.add(formatOperationId('t', 0, sequence));
  count.add('of somebody else');
  return count;
}

it('finds what is missing, what is there twice, and what was written and never committed', () => {
  const outputs = { committed: committed(0, 1, 2, 2, 2, 5), written: 9, isWhole: true };
  expect(outputsAccount([logOf([0, 0, 0, 0, read, 0])], [true, false], outputs)).toEqual({
    due: 4,
    once: 2,
    twice: 1,
    missing: 1,
    unacknowledged: 1,
    extra: 2,
    uncommitted: 3,
  });
});
