import type { SlowCloseFault } from '../../scenarios/faults/slow-close.ts';
import type { FaultProof } from './fault-kind.ts';
import { watchLink } from './link-probe.ts';
import { toxicFault } from './toxic.ts';

const longestWatchMs = 5_000;
const leastShareShown = 0.8;

/** Holds a closing connection open for a while longer. */
export const slowClose = toxicFault<SlowCloseFault>({
  type: 'slow_close',
  attributes: ({ delayMs }) => ({ delay: delayMs }),
  async show({ delayMs, direction, forMs }, { facts, link }): Promise<FaultProof | null> {
    // The servers of some leave closing to the client, and nothing of it can be seen here.
    if (!facts.serverCloses || direction === 'up') return { probe: 'none: only the client closes' };
    const mostMs = Math.min(delayMs + 1_000, longestWatchMs, forMs);
    const { answeredUs, closedUs } = await watchLink(facts.probe, link.address, mostMs);
    if (answeredUs === null) return null;
    const openUs = (closedUs ?? mostMs * 1e3) - answeredUs;
    if (closedUs !== null && openUs < delayMs * 1e3 * leastShareShown) return null;
    return { openAfterTheAnswerUs: Math.round(openUs) };
  },
  expected: ({ delayMs }) => `a connection that is closed lingers for ${delayMs} ms; open ones are not touched`,
  label: ({ delayMs }) => `slow_close ${delayMs} ms`,
  settings: ({ delayMs }) => ({ delayMs }),
});
