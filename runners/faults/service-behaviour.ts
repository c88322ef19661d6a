/** Faults that are in our reference service itself: it works slower, or refuses. Told over IPC, confirmed by its count. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FailingServiceFault } from '../../scenarios/faults/failing-service.ts';
import type { RetireFault } from '../../scenarios/faults/retire.ts';
import type { SlowServiceFault } from '../../scenarios/faults/slow-service.ts';
import type { ReferenceServiceSettings } from '../../targets/domain/host-service.ts';
import type { FaultPart, FaultProof, PartFaultContext, PartFaultKind } from './fault-kind.ts';

const lookEveryMs = 50;

function behaviour<Window extends SlowServiceFault | FailingServiceFault | RetireFault>(
  settingsOf: (window: Window) => ReferenceServiceSettings,
  texts: Pick<PartFaultKind<Window>, 'expected' | 'label' | 'settings'>,
): PartFaultKind<Window> {
  const apply = async (window: Window, { part }: PartFaultContext): Promise<void> => {
    await adjusterOf(part)(settingsOf(window));
  };
  return {
    apply,
    resize: apply,
    async undo(window, { part, usual }) {
      const changed = Object.keys(settingsOf(window)) as (keyof ReferenceServiceSettings)[];
      await adjusterOf(part)(Object.fromEntries(changed.map((name) => [name, isUsual(name) ? usual[name] : null])));
      return undefined;
    },
    prove: (window, context) => operationsMeanwhile(window.forMs, context),
    ...texts,
  };
}

/** What is there without a fault; all else a fault alone brings. */
function isUsual(name: keyof ReferenceServiceSettings): name is keyof PartFaultContext['usual'] {
  return name === 'workTimeMs' || name === 'rejectRatio';
}

/** It took up operations since: those it treats as it was told. */
async function operationsMeanwhile(forMs: number, { part }: PartFaultContext): Promise<FaultProof | null> {
  const adjust = adjusterOf(part);
  const before = await adjust({});
  for (let waitedMs = 0; waitedMs < forMs; waitedMs += lookEveryMs) {
    await sleep(lookEveryMs);
    const operations = (await adjust({})) - before;
    if (operations > 0) return { operationsSeen: operations };
  }
  return null;
}

function adjusterOf({ adjust, name }: FaultPart): NonNullable<FaultPart['adjust']> {
  if (adjust === undefined) throw new Error(`the ${name} is not ours to adjust`);
  return adjust;
}

export const slowService = behaviour<SlowServiceFault>(({ workTimeMs }) => ({ workTimeMs }), {
  expected: ({ workTimeMs }) => `each operation is worked on for ${workTimeMs} ms`,
  label: ({ workTimeMs, part = 'service' }) => `${part} slow: ${workTimeMs} ms`,
  settings: ({ workTimeMs, part }) => ({ ...(part && { part }), workTimeMs }),
});

export const failingService = behaviour<FailingServiceFault>(
  ({ rejectRatio, action }) => ({ rejectRatio, ...(action && { rejectAction: action }) }),
  {
    expected: ({ rejectRatio, action }) =>
      `${sharePercent(rejectRatio)} of the ${action === undefined ? 'operations' : `asks to ${action}`} are refused at once`,
    label: ({ rejectRatio, part = 'service', action }) =>
      `${part} refuses ${action === undefined ? '' : `to ${action} `}${sharePercent(rejectRatio)}`,
    settings: ({ rejectRatio, part, action }) => ({ ...(part && { part }), ...(action && { action }), rejectRatio }),
  },
);

export const retire = behaviour<RetireFault>(({ version }) => ({ retiredVersion: version }), {
  expected: ({ version }) => `calls of version ${version} are told that it is gone`,
  label: ({ version, part = 'service' }) => `${part} retires version ${version}`,
  settings: ({ version, part }) => ({ ...(part && { part }), version }),
});

function sharePercent(ratio: number): string {
  return `${Math.round(ratio * 1e3) / 10} %`;
}
