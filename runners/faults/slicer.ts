import type { SlicerFault } from '../../scenarios/faults/slicer.ts';
import { watchLink } from './link-probe.ts';
import { toxicFault } from './toxic.ts';

const lookMs = 1_000;

/** Cuts what flows into small pieces, perhaps with a pause between them. */
export const slicer = toxicFault<SlicerFault>({
  type: 'slicer',
  attributes: ({ sizeBytes, variationBytes, delayMs }) => ({
    average_size: sizeBytes,
    size_variation: variationBytes,
    delay: delayMs * 1e3, // this one counts in microseconds
  }),
  async show({ sizeBytes, variationBytes, delayMs, direction, forMs }, { facts, link }) {
    const { bytes, pieces } = await watchLink(facts.probe, link.address, Math.min(lookMs, forMs));
    // Without a pause the kernel may put pieces together again before anybody reads.
    const mustShow = direction !== 'up' && delayMs >= 1 && bytes > 2 * (sizeBytes + variationBytes);
    return mustShow && pieces < 2 ? null : { probeBytes: bytes, probePieces: pieces };
  },
  expected: ({ sizeBytes, delayMs }) =>
    `messages come in pieces of about ${sizeBytes} B${delayMs === 0 ? '' : `, each ${delayMs} ms after the one before`}`,
  label: ({ sizeBytes }) => `slices of ${sizeBytes} B`,
  settings: ({ sizeBytes, variationBytes, delayMs }) => ({ sizeBytes, variationBytes, delayMs }),
});
