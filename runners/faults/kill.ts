import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { failpointText } from '../../scenarios/failpoints.ts';
import type { KillFault, KillMoment } from '../../scenarios/faults/kill.ts';
import type { FaultPart, PartFaultKind } from './fault-kind.ts';

/** Of the window: who takes over is looked for while it lasts. */
const shareForProof = 0.8;

/** SIGKILL at the begin, started again at the end; over when it is ready again. A process crash, not a power loss. */
export const kill: PartFaultKind<KillFault> = {
  async apply({ when }, { part }) {
    await part.choose?.();
    if (when === undefined) await part.process.kill();
    else await untilItDies(part, when);
  },
  async undo({ when }, { part }, signal) {
    if (when !== undefined && part.process.exit === null) {
      await part.arm?.(null); // it never came to that
      return {};
    }
    if (signal.aborted) part.abandon?.();
    signal.throwIfAborted(); // nobody needs it any more
    const startedUs = monotonicNowUs();
    await part.restart();
    return { readyAfterUs: Math.round(monotonicNowUs() - startedUs), ...part.back?.() };
  },
  async prove({ forMs, when }, { part }) {
    const { exit } = part.process;
    if (exit === null) return null;
    return {
      process: 'gone',
      signal: exit.signal,
      ...part.chosen?.(),
      ...(when && part.died?.()),
      ...(await part.after?.(forMs * shareForProof)),
    };
  },
  expected: ({ part }) =>
    part === 'toxiproxy'
      ? 'every connection through the proxy breaks, and new ones are refused'
      : `the ${part} is gone with all that it had in memory only; connections break, and are refused`,
  label: ({ part, broker, when }) =>
    `${part}${broker === undefined ? '' : ` (${broker})`} killed${when === undefined ? '' : ` ${failpointText(when.point)}`}`,
  settings: ({ part, broker, when }) => ({
    part,
    ...(broker && { broker }),
    ...(when && { when: failpointText(when.point), [when.again ? 'everyNth' : 'operation']: when.nth }),
  }),
};

/** Resolves once it has ended itself, armed for this moment. */
async function untilItDies(part: FaultPart, { point, nth }: KillMoment): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    const forget = part.process.onExit(() => {
      forget();
      resolve();
    });
  });
  if (part.arm === undefined) throw new Error(`${part.name} has no failpoints`);
  await part.arm({ point, nth });
  await ended;
}
