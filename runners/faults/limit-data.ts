import type { LimitDataFault } from '../../scenarios/faults/limit-data.ts';
import { watchLink } from './link-probe.ts';
import { toxicFault } from './toxic.ts';

const lookMs = 1_000;

/** Closes each connection once it has carried so much. */
export const limitData = toxicFault<LimitDataFault>({
  type: 'limit_data',
  attributes: ({ bytes }) => ({ bytes }),
  async show(window, { facts, link }) {
    const { bytes, closedUs } = await watchLink(facts.probe, link.address, Math.min(lookMs, window.forMs));
    if (window.direction !== 'up' && bytes > window.bytes) return null;
    return { probeBytes: bytes, probe: closedUs === null ? 'open' : 'closed' };
  },
  expected: ({ bytes }) => `each connection ends after ${bytes} B, and with it what is on its way`,
  label: ({ bytes }) => `limit_data ${bytes} B`,
  settings: ({ bytes }) => ({ bytes }),
});
