/** Members of a consumer group come and go, politely. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { JoinFault } from '../../scenarios/faults/join.ts';
import type { LeaveFault } from '../../scenarios/faults/leave.ts';
import type { FaultPart, FaultProof, PartFaultKind } from './fault-kind.ts';
import { untilStill } from './until-still.ts';

const lookEveryMs = 100;

export const leave: PartFaultKind<LeaveFault> = {
  async apply(_window, { part }) {
    await memberOf(part)('away');
  },
  async undo(_window, { part }) {
    await memberOf(part)('in');
    return undefined;
  },
  prove: ({ forMs }, { part }) => untilStill(part, forMs),
  expected: () =>
    'its partitions are shared out among the others at once; those of a static member wait for it as long as its session',
  label: ({ part }) => `${part} left its group`,
  settings: ({ part }) => ({ part }),
};

export const join: PartFaultKind<JoinFault> = {
  async ready(_window, { part }) {
    await memberOf(part)('out');
  },
  async apply(_window, { part }) {
    await memberOf(part)('in');
  },
  async undo(_window, { part }) {
    await memberOf(part)('away');
    return undefined;
  },
  prove: ({ forMs }, { part }) => untilItWorks(part, forMs),
  expected: () => 'partitions are shared out anew, and those that change hands stand still meanwhile',
  label: ({ part }) => `${part} joined its group`,
  settings: ({ part }) => ({ part }),
};

/** null: it was given nothing to do. */
async function untilItWorks({ adjust }: FaultPart, mostMs: number): Promise<FaultProof | null> {
  if (adjust === undefined) return null;
  const before = await adjust({});
  for (let waitedMs = 0; waitedMs < mostMs; waitedMs += lookEveryMs) {
    await sleep(lookEveryMs);
    if ((await adjust({})) > before) return { worksAfterMs: waitedMs + lookEveryMs };
  }
  return null;
}

function memberOf({ member, name }: FaultPart): NonNullable<FaultPart['member']> {
  if (member === undefined) throw new Error(`the ${name} is no member of a group`);
  return member;
}
