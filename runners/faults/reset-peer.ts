import type { ResetPeerFault } from '../../scenarios/faults/reset-peer.ts';
import { watchLink } from './link-probe.ts';
import { toxicFault } from './toxic.ts';

const graceMs = 1_000;
const longestWatchMs = 5_000;

/** Connections are reset as soon as something passes, or a while after it. */
export const resetPeer = toxicFault<ResetPeerFault>({
  type: 'reset_peer',
  attributes: ({ timeoutMs }) => ({ timeout: timeoutMs }),
  async show({ timeoutMs, forMs }, { facts, link }) {
    const mostMs = Math.min(timeoutMs + graceMs, longestWatchMs, forMs);
    const { wasReset, closedUs } = await watchLink(facts.probe, link.address, mostMs);
    if (!wasReset && timeoutMs < mostMs) return null;
    return { probe: wasReset ? 'reset' : 'not yet reset', afterUs: closedUs === null ? null : Math.round(closedUs) };
  },
  expected: ({ timeoutMs }) =>
    `each connection is reset ${timeoutMs === 0 ? 'at its first data' : `${timeoutMs} ms after its first data`}, again and again`,
  label: ({ timeoutMs }) => (timeoutMs === 0 ? 'resets' : `resets after ${timeoutMs} ms`),
  settings: ({ timeoutMs }) => ({ timeoutMs }),
});
