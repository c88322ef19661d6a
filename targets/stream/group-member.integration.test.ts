/** A member of a consumer group comes and goes under load: who it is afterwards, and what is done twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin } from '@platformatic/kafka';
import { expect, it } from 'vitest';
import type { StreamGroup, StreamTarget } from '../../scenarios/scenario.ts';
import { evidenceKinds } from '../domain/evidence.ts';
import { directStream } from '../driver-suite/direct-targets.ts';
import { type Behaviour, handOverRig } from '../driver-suite/hand-over-rig.ts';
import type { RunningService } from '../process/reference-service.ts';
import { until } from '../process/until.ts';
import { serviceGroupOf } from './group-lag.ts';

const partitions = 6;
/** A third of a session. */
const heartbeatMs = 1_000;
const open = handOverRig('group-member');

it.concurrent('cooperative: who gives partitions away goes on as the member that it was', async () => {
  const rig = await openRig({ member: 'dynamic', assignment: 'cooperative', sessionTimeoutMs: 3_000 }, 3);
  const before = await rig.membersShare(3);
  await rig.services[2]?.member('away');
  await rig.membersShare(2);
  await rig.services[2]?.member('in');
  const after = await rig.membersShare(3);
  expect(after.filter((id) => before.includes(id))).toHaveLength(2);
  await rig.allAreApplied();
  await rig.close();
}, 60_000);

it.concurrent('eager: one that was killed and is back costs no more rebalances, however often the others commit', async () => {
  const group = { member: 'dynamic', assignment: 'eager', sessionTimeoutMs: heartbeatMs * 3 } as const;
  const rig = await openRig(group, 3, { workTimeMs: 100 });
  const before = await rig.membersShare(3);
  await rig.services[2]?.restart();
  // Until its former self is given up the others wait to join, with work that ends meanwhile.
  await rig.membersShare(3, before);
  await sleep(heartbeatMs * 3); // with commits that are refused each is followed by the next
  await rig.allAreApplied();
  const [first] = await rig.close();
  // One for each of the others that joined first, and for the one that is back; one more if its former self was given up before.
  expect(first?.rebalances).toBeLessThanOrEqual(4);
}, 60_000);

it.concurrent.each(['eager', 'cooperative'] as const)(
  '%s: what a member that leaves has in hand it does, and nobody else does it again',
  async (assignment) => {
    const group = { member: 'dynamic', assignment, sessionTimeoutMs: 3_000 } as const;
    const rig = await openRig(group, 2, { workTimeMs: 300 });
    await rig.services[1]?.member('away');
    const { twice } = await rig.allAreApplied();
    expect(twice).toBe(0);
    await rig.close();
  },
  60_000,
);

async function openRig(group: StreamGroup, instances: number, behaviour: Behaviour = { workTimeMs: 1 }) {
  const target: StreamTarget = { ...directStream, instances, partitions, group };
  const { services, session, evidence, names, broker } = await open(target, behaviour, instances);
  const admin = new Admin({ clientId: 'group-member-test', bootstrapBrokers: [broker] });
  const groupId = serviceGroupOf(names.requests ?? '');
  const load = new AbortController();
  const loaded = (async () => {
    let sent = 0;
    for (; !load.signal.aborted; sent++) {
      await session.run('placeOrder');
      await sleep(5);
    }
    return sent;
  })();
  /** Ids, once so many have as many partitions each, and are not all the same as `before`. */
  const membersShare = (count: number, before: readonly string[] = []) =>
    until(
      `${count} members share the partitions`,
      async () => {
        const found = (await admin.describeGroups({ groups: [groupId] })).get(groupId);
        const members = [...(found?.members.values() ?? [])];
        const isShared = members.every(({ assignments }) => {
          const own = [...(assignments?.values() ?? [])].flatMap((one) => one.partitions);
          return own.length === partitions / count;
        });
        const isSo = found?.state === 'Stable' && members.length === count && isShared;
        const isOther = members.some(({ id }) => !before.includes(id));
        return isSo && isOther ? members.map(({ id }) => id) : null;
      },
      20_000,
    );
  return {
    services: services as readonly RunningService[],
    membersShare,
    /** Ends the load. `twice`: how often one was applied that had been applied before. */
    async allAreApplied() {
      load.abort();
      const sent = await loaded;
      const applied = new Set<number>();
      let count = 0;
      await until(
        'all are applied',
        () => {
          for (const { kind, sequence } of evidence.more()) {
            if (kind !== evidenceKinds.applied) continue;
            applied.add(sequence);
            count++;
          }
          return applied.size === sent;
        },
        20_000,
      );
      return { twice: count - sent };
    },
    async close() {
      await session.close();
      await admin.close();
      return Promise.all(services.map((service) => service.stop()));
    },
  };
}
