import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import type { RebuildFault } from '../../scenarios/faults/rebuild.ts';
import type { PartFaultKind } from './fault-kind.ts';

/** SIGKILL at the begin, started again at the end; over when its state is what its log came to as it started. */
export const rebuild: PartFaultKind<RebuildFault> = {
  async apply(_window, { part }) {
    await part.process.kill();
  },
  async undo(_window, { part }, signal) {
    signal.throwIfAborted(); // nobody needs it any more
    const startedUs = monotonicNowUs();
    await part.restart();
    const report = await part.rebuilt?.(signal);
    if (report === undefined) throw new Error(`the ${part.name} has no log`);
    if (report.failure !== null || report.readyUs === null) throw new Error(report.failure ?? 'it was never ready');
    return { readyAfterUs: Math.round(report.readyUs - startedUs), eventsRead: report.read };
  },
  async prove(_window, { part }) {
    const { exit } = part.process;
    return exit === null ? null : { process: 'gone', signal: exit.signal };
  },
  expected: () =>
    'the service is gone with its state; it comes back at once, appends what is new, and refuses what depends on its state until it has folded its log',
  label: () => 'state folded anew',
  settings: () => ({}),
};
