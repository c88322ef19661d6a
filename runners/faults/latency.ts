import type { LatencyFault } from '../../scenarios/faults/latency.ts';
import { probeRoundTripUs } from './link-probe.ts';
import { toxicFault } from './toxic.ts';

const mostProbes = 3;
/** Of the window: the rest is for what comes before and after the probes. */
const shareForProbes = 0.6;
/** Toxiproxy sleeps whole milliseconds a chunk; jitter may take some away. Less than this share of it is no latency. */
const leastShareShown = 0.8;

function timesPassed({ direction }: LatencyFault): number {
  return direction === 'both' ? 2 : 1;
}

function addedMs(window: LatencyFault): number {
  return window.latencyMs * timesPassed(window);
}

/** One after the other, each takes what was added: as many as the window, less the time it grew in, has room for. */
function probesWithin(window: LatencyFault): number {
  const roomMs = (window.forMs - (window.rampMs ?? 0)) * shareForProbes;
  return Math.min(mostProbes, Math.max(1, Math.floor(roomMs / Math.max(1, addedMs(window) + window.jitterMs))));
}

/** Delays what flows through the link, in one direction or both; it neither delays connecting nor drops anything. */
export const latency = toxicFault<LatencyFault>({
  type: 'latency',
  attributes: ({ latencyMs, jitterMs }) => ({ latency: latencyMs, jitter: jitterMs }),
  async show(window, { facts, link, calmRoundTripUs }) {
    const deadlineMs = addedMs(window) * 4 + 1_000;
    const probes = probesWithin(window);
    const roundTripUs = await probeRoundTripUs(facts.probe, link.address, probes, deadlineMs);
    if (roundTripUs === null) return null;
    const shownUs = roundTripUs - (calmRoundTripUs ?? 0);
    const leastUs = (window.latencyMs - window.jitterMs) * timesPassed(window) * 1e3 * leastShareShown;
    if (shownUs < leastUs) return null;
    return { calmRoundTripUs: rounded(calmRoundTripUs), roundTripUs: rounded(roundTripUs), probes };
  },
  expected: (window, facts) => facts.delayed(addedMs(window)),
  label: ({ latencyMs }) => `latency ${latencyMs} ms`,
  settings: ({ latencyMs, jitterMs }) => ({ latencyMs, jitterMs }),
});

function rounded(us: number | null): number | null {
  return us === null ? null : Math.round(us);
}
