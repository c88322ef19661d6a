import { describe, expect, it } from 'vitest';
import { accountObserved } from './observed-flows.ts';
import { OperationLog } from './operation-log.ts';

const flow = 0;
const other = 1;

/** Operations a millisecond apart; all flows are acknowledged but every tenth. */
function logOf(count: number, operationOf: (sequence: number) => number = () => flow) {
  const log = new OperationLog(3, true);
  for (let n = 0; n < count; n++) {
    const sequence = log.append(1_000 * (n + 1), operationOf(n), 0, 0);
    log.sent(sequence, 1_000 * (n + 1) + 10);
    if (n % 10 !== 9) log.acknowledged(sequence, 1_000 * (n + 1) + 200);
  }
  return log.toData();
}

function account(
  logs: ReturnType<typeof logOf>[],
  events: readonly [producer: number, sequence: number, atUs: number][],
) {
  const settled: number[] = [];
  const { cases, ...counts } = accountObserved(
    {
      logs,
      flows: [flow],
      events: events.map(([producer, sequence, atUs]) => ({ producer, sequence, atUs })),
      withinUs: 50_000,
    },
    { settled: (_operation, _intendedUs, afterUs) => settled.push(afterUs), open: () => undefined },
  );
  return { counts, settled, open: cases.examples('tag', [], () => 0).open?.map(({ id }) => id) ?? [] };
}

describe('flows of an own system', () => {
  it('settle at their first event, and what comes again is told and counts for nothing', () => {
    const { counts, settled } = account(
      [logOf(2)],
      [
        [3, 0, 5_000],
        [3, 0, 9_000],
        [3, 0, 9_500],
        [3, 1, 6_000],
      ],
    );
    expect(counts).toMatchObject({ acknowledged: 2, settled: 2, open: 0, late: 0, twice: 2, foreign: 0 });
    expect(settled).toEqual([4_000, 4_000]);
  });

  it('are open without an event, by their ids', () => {
    const { counts, open } = account([logOf(3)], [[3, 1, 4_000]]);
    expect(counts).toMatchObject({ acknowledged: 3, settled: 1, open: 2 });
    expect(open).toEqual(['tag-0003-0000000000', 'tag-0003-0000000002']);
  });

  it('are late after so long, and settled all the same', () => {
    const { counts } = account(
      [logOf(2)],
      [
        [3, 0, 51_000],
        [3, 1, 52_001],
      ],
    );
    expect(counts).toMatchObject({ settled: 2, late: 1, open: 0 });
  });

  it('that the client was told nothing of stand apart', () => {
    const all = Array.from({ length: 10 }, (_, n): [number, number, number] => [3, n, 20_000]);
    const { counts, settled } = account([logOf(10)], all);
    expect(counts).toMatchObject({ acknowledged: 9, settled: 9, open: 0, unacknowledged: 1 });
    expect(settled).toHaveLength(10);
  });

  it('know events of others: another worker, what was never sent, what is no flow', () => {
    const data = logOf(4, (sequence) => (sequence === 2 ? other : flow));
    const { counts } = account(
      [data],
      [
        [4, 0, 5_000],
        [3, 99, 5_000],
        [3, 2, 5_000],
        [3, 0, 5_000],
      ],
    );
    expect(counts).toMatchObject({ acknowledged: 3, settled: 1, open: 2, foreign: 3 });
  });
});
