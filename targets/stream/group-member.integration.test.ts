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
const heartbeatMs = 1_500;
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

it.concurrent('eager: one that joins is in after one rebalance, however often the others commit', async () => {
  const rig = await openRig({ member: 'dynamic', assignment: 'eager', sessionTimeoutMs: heartbeatMs * 3 }, 3);
  await rig.services[2]?.member('away');
  await rig.membersShare(2);
  await rig.services[2]?.member('in');
  await rig.membersShare(3);
  await sleep(heartbeatMs); // with commits that are refused, the next rebalance is there by then
  await rig.allAreApplied();
  const [first] = await rig.close();
  // Each of the others that joined first, the one that left, and the same one that is back.
  expect(first?.rebalances).toBe(4);
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
  /** Ids, once so many have as many partitions each. */
  const membersShare = (count: number) =>
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
        return isSo ? members.map(({ id }) => id) : null;
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
