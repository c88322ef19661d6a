import { setTimeout as sleep } from 'node:timers/promises';
import type { PauseFault } from '../../scenarios/faults/pause.ts';
import { readProcessStat } from '../../targets/process/process-tree.ts';
import type { PartFaultKind } from './fault-kind.ts';

const lookEveryMs = 5;

/** A process stands still: its sockets stay open, nobody reads them. */
export const pause: PartFaultKind<PauseFault> = {
  async apply(_window, { part }) {
    await part.choose?.();
    part.process.pause();
  },
  async undo(_window, { part }) {
    part.process.resume();
    part.abandon?.(); // it can be asked again
    return undefined;
  },
  async prove({ forMs }, { part }) {
    const { pid } = part.process;
    for (const endMs = performance.now() + forMs; performance.now() < endMs; await sleep(lookEveryMs)) {
      if (readProcessStat(pid)?.state === 'T') return { process: 'stopped', pid, ...part.chosen?.() };
    }
    return null;
  },
  expected: ({ part }) => `the ${part} answers nothing, and then all that has queued up`,
  label: ({ part, broker }) => `${part}${broker === undefined ? '' : ` (${broker})`} paused`,
  settings: ({ part, broker }) => ({ part, ...(broker && { broker }) }),
};
