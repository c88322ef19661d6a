import { quantity } from '../schema/fields.ts';
import { defineFault, ramp, unlessWhole, type WindowOf } from './fault-definition.ts';
import { directed, toxiproxyMilliseconds } from './on-link.ts';

export const latency = defineFault({
  name: 'latency',
  describes: 'What flows through the link comes later.',
  shape: {
    ...directed,
    ramp,
    latency: quantity('duration', { least: '1ms', most: '10min' }).describe('One way, whole milliseconds.'),
    jitter: quantity('duration', { most: '10min' })
      .prefault('0ms')
      .describe('More or less by up to this; on one connection it becomes a running maximum.'),
  },
  check: (window) => [
    ...unlessWhole('latency', window.latency, toxiproxyMilliseconds),
    ...unlessWhole('jitter', window.jitter, toxiproxyMilliseconds),
    ...(window.jitter > window.latency ? [{ key: 'jitter', message: 'is larger than the latency itself' }] : []),
  ],
  circumstance: () => 'under added latency',
  settings: ({ link, direction, latency: latencyMs, jitter: jitterMs }) => ({ link, direction, latencyMs, jitterMs }),
  sized(full, share) {
    const latencyMs = Math.max(1, Math.round(full.latencyMs * share)); // whole ones, since Toxiproxy knows no others
    return { ...full, latencyMs, jitterMs: Math.min(latencyMs, Math.round(full.jitterMs * share)) };
  },
});
export type LatencyFault = WindowOf<typeof latency>;
