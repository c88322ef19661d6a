import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import type { KillFault } from '../../scenarios/faults/kill.ts';
import type { PartFaultKind } from './fault-kind.ts';

/** Of the window: who takes over is looked for while it lasts. */
const shareForProof = 0.8;

/** SIGKILL at the begin, started again at the end; over when it is ready again. A process crash, not a power loss. */
export const kill: PartFaultKind<KillFault> = {
  async apply(_window, { part }) {
    await part.choose?.();
    await part.process.kill();
  },
  async undo(_window, { part }, signal) {
    if (signal.aborted) part.abandon?.();
    signal.throwIfAborted(); // nobody needs it any more
    const startedUs = monotonicNowUs();
    await part.restart();
    return { readyAfterUs: Math.round(monotonicNowUs() - startedUs), ...part.back?.() };
  },
  async prove({ forMs }, { part }) {
    const { exit } = part.process;
    if (exit === null) return null;
    return { process: 'gone', signal: exit.signal, ...part.chosen?.(), ...(await part.after?.(forMs * shareForProof)) };
  },
  expected: ({ part }) =>
    part === 'toxiproxy'
      ? 'every connection through the proxy breaks, and new ones are refused'
      : `the ${part} is gone with all that it had in memory only; connections break, and are refused`,
  label: ({ part, broker }) => `${part}${broker === undefined ? '' : ` (${broker})`} killed`,
  settings: ({ part, broker }) => ({ part, ...(broker && { broker }) }),
};
