/** A stream of RabbitMQ that lost events, as the log of a real service: it says so, and folds nothing of what is left. */
import { describe, expect, it } from 'vitest';
import { startOwnBrokers } from '../../targets/driver-suite/start-own-brokers.ts';
import { rabbitmqctl } from '../../targets/queue/rabbitmq/fixtures/rabbitmqctl.ts';
import type { RunningStack } from '../../targets/stack/stack.ts';
import { type RebuildRig, recordsIn, rewrite, useBrokers, withService } from './fixtures/rebuild-rig.ts';

let stack: RunningStack;
useBrokers(async () => {
  stack = await startOwnBrokers('rabbitmq');
  return stack;
});

/** Retention of the broker's: whole segments go, the oldest first, once the stream is longer than that. */
async function keepOnly(bytes: number, { logName }: RebuildRig): Promise<void> {
  const policy = { 'max-length-bytes': bytes, 'stream-max-segment-size-bytes': bytes / 4 };
  await rabbitmqctl(stack, 'set_policy', '--apply-to', 'queues', logName, `^${logName}$`, JSON.stringify(policy));
}

describe('the state that a service folds anew from a stream of RabbitMQ', () => {
  it('is none where retention took the first events', async () => {
    await withService('rabbitmq', '', async (rig) => {
      const whole = await rig.restart();
      expect(whole).toMatchObject({ isSame: true, failure: null });
      const truncated = rig.restart(async () => {
        const records = await recordsIn(rig.log());
        await keepOnly(40_000, rig); // what is there already stays in the segment that it is in
        await rewrite(rig.log, []);
        const log = rig.log();
        await log.open();
        for (let from = 0; from < records.length; from += 50) await log.append(records.slice(from, from + 50));
      });
      await expect(truncated).rejects.toThrow(
        /its log begins at offset [1-9]\d*, .*events are gone, so nothing is folded/,
      );
    });
  }, 120_000);

  it('is none where the log ends before its snapshot does', async () => {
    await withService('rabbitmq', ', snapshot: { every: 300 }', async (rig) => {
      let records: Awaited<ReturnType<typeof recordsIn>> = [];
      const whole = await rig.restart(async () => {
        records = await recordsIn(rig.log());
      });
      expect(whole).toMatchObject({ isSame: true, failure: null });
      expect(whole.snapshotOf).toBeGreaterThanOrEqual(300);
      // It serves from its snapshot on, so what it cannot fold is told in its account.
      const shorter = await rig.restart(() => rewrite(rig.log, records.slice(0, 50)));
      expect(shorter).toMatchObject({ isSame: null, events: 0, digest: null });
      expect(shorter.failure).toMatch(/^its log ends before offset \d+, .*events are gone, so nothing is folded$/);
    });
  }, 120_000);
});
