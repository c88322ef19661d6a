/** A state that a real service folds anew from a real log with something planted in it, against the harness's own fold. */
import { rm } from 'node:fs/promises';
import { Admin } from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../../targets/domain/event-log.ts';
import {
  history,
  kafkaAddress,
  plants,
  type RebuildRig,
  recordsIn,
  rewrite,
  useBrokers,
  withService,
} from './fixtures/rebuild-rig.ts';

useBrokers();

async function expectPlantsToShow({ log, restart }: RebuildRig): Promise<void> {
  let records: readonly LogRecord[] = [];
  const whole = await restart(async () => {
    records = await recordsIn(log());
  });
  expect(whole).toMatchObject({ isSame: true, failure: null });
  const events = whole.expected?.events ?? 0;
  expect(events).toBeGreaterThan(history + 50);
  for (const [what, plant] of Object.entries(plants)) {
    const found = await restart(() => rewrite(log, plant(records)));
    expect([what, found.isSame]).toEqual([what, false]);
    expect(found.expected).toEqual(whole.expected);
  }
  expect(await restart(() => rewrite(log, records))).toMatchObject({ isSame: true, events, read: events });
}

describe('the state that a service folds anew from its log', () => {
  it('of Kafka is the same, is another one where an event is missing, doubled or swapped, and none where the log was truncated', async () => {
    await withService('kafka', '', async (rig) => {
      await expectPlantsToShow(rig);
      const admin = new Admin({ clientId: 'truncate', bootstrapBrokers: [kafkaAddress()] });
      const partitions = [{ partition: 0, offset: 100n }];
      const truncated = rig.restart(async () => {
        await admin.deleteRecords({ topics: [{ name: rig.logName, partitions }] });
      });
      await expect(truncated).rejects.toThrow(/its log begins at offset 100, .* events are gone, so nothing is folded/);
      await admin.close();
    });
  }, 60_000);

  it('of RabbitMQ goes on from a snapshot, is the same, and is another one where an event is missing, doubled or swapped', async () => {
    await withService('rabbitmq', ', snapshot: { every: 300 }', async (rig) => {
      const fromSnapshot = await rig.restart();
      expect(fromSnapshot.isSame).toBe(true);
      expect(fromSnapshot.snapshotOf).toBeGreaterThanOrEqual(300);
      expect(fromSnapshot.read).toBe(fromSnapshot.events - (fromSnapshot.snapshotOf ?? 0));
      const without = (restart: RebuildRig['restart']): RebuildRig['restart'] => {
        return async (meanwhile) =>
          restart(async () => {
            await meanwhile?.();
            await rm(`${rig.statePath}.snapshot`, { force: true });
          });
      };
      await expectPlantsToShow({ ...rig, restart: without(rig.restart) });
    });
  }, 60_000);
});
