/** A state that a real service folds anew from a real log, against the harness's own fold. */
import { describe, expect, it } from 'vitest';
import { plants, recordsIn, rewrite, useBrokers, withService } from './fixtures/rebuild-rig.ts';

useBrokers();

describe('the state that a service folds anew from its log', () => {
  it('of Kafka is another one where an event stands in it twice', async () => {
    await withService('kafka', '', async ({ log, restart }) => {
      const doubled = await restart(async () => rewrite(log, plants.doubled(await recordsIn(log()))));
      expect(doubled).toMatchObject({ isSame: false, failure: null });
      expect(doubled.events).toBe((doubled.expected?.events ?? 0) + 1);
    });
  }, 60_000);

  it('of RabbitMQ goes on from a snapshot, and is the same', async () => {
    await withService('rabbitmq', ', snapshot: { every: 300 }', async ({ restart }) => {
      const found = await restart();
      expect(found).toMatchObject({ isSame: true, failure: null, expected: { events: found.events } });
      expect(found.snapshotOf).toBeGreaterThanOrEqual(300);
      expect(found.read).toBe(found.events - (found.snapshotOf ?? 0));
    });
  }, 60_000);
});
