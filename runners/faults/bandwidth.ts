import type { BandwidthFault } from '../../scenarios/faults/bandwidth.ts';
import { probeRoundTripUs } from './link-probe.ts';
import { toxicFault } from './toxic.ts';

const deadlineMs = 10_000;

/**
 * Bounds what each connection carries; a probe is too small to show it, so the proof is Toxiproxy's own list and that the
 * link still answers.
 */
export const bandwidth = toxicFault<BandwidthFault>({
  type: 'bandwidth',
  attributes: ({ bytesPerSecond }) => ({ rate: bytesPerSecond / 1e3 }),
  async show({ forMs }, { facts, link }) {
    const roundTripUs = await probeRoundTripUs(facts.probe, link.address, 1, Math.min(deadlineMs, forMs));
    return { roundTripUs: roundTripUs === null ? null : Math.round(roundTripUs) };
  },
  expected: (window) => `no connection carries more than ${text(window)}; beyond that, operations queue up`,
  label: (window) => `bandwidth ${text(window)}`,
  settings: ({ bytesPerSecond }) => ({ bytesPerSecond }),
});

function text({ bytesPerSecond }: BandwidthFault): string {
  return bytesPerSecond >= 1e6 ? `${bytesPerSecond / 1e6} MB/s` : `${bytesPerSecond / 1e3} kB/s`;
}
