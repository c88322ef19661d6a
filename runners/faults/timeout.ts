import type { TimeoutFault } from '../../scenarios/faults/timeout.ts';
import { probeLink } from './link-probe.ts';
import { toxicFault } from './toxic.ts';

const lookMs = 500;

/** A black hole: connections are accepted and stay open, and nothing passes. */
export const timeout = toxicFault<TimeoutFault>({
  type: 'timeout',
  attributes: ({ timeoutMs }) => ({ timeout: timeoutMs }),
  async show({ forMs }, { facts, link }) {
    const { outcome } = await probeLink(facts.probe, link.address, Math.min(lookMs, forMs / 2));
    // Closed without an answer: the server hung up, which passes, or the time-out came.
    return outcome === 'silent' || outcome === 'closed' ? { probe: outcome } : null;
  },
  expected: ({ timeoutMs }) =>
    timeoutMs === 0
      ? 'nothing passes and nothing breaks: only time-outs tell; open connections end when it is over'
      : `nothing passes; connections end after ${timeoutMs} ms`,
  label: ({ timeoutMs }) => (timeoutMs === 0 ? 'black hole' : `timeout ${timeoutMs} ms`),
  settings: ({ timeoutMs }) => ({ timeoutMs }),
});
