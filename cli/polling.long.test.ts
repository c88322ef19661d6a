/** The yardstick of pushing: who asks every so often has an event half an interval later, and by what a push takes itself. */
import { expect, it } from 'vitest';
import type { TrialResult } from '../result/result-types.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('polling');
const intervalsMs = [100, 500, 1_000];

it('is within 10 % of what is known of it, at each interval', async () => {
  const polls = intervalsMs.map((ms) => `every-${ms}: { protocol: rest, via: direct, push: { poll: ${ms}ms } }`);
  const { result } = await rig.play(`name: polling
workload:
  operations: { publish: { does: placeOrder, pattern: publish, payload: event } }
  payloads: { event: { size: 512B } }
subscribers: { count: 20 }
load: { model: open, threads: 1, rate: 50/s, warmup: 1s, duration: 10s }
targets: { push: { protocol: rest, via: direct }, ${polls.join(', ')} }
`);
  const p50 = (target: string) => p50Of(result.trials.find((trial) => trial.target === target));
  for (const ms of intervalsMs) {
    const knownUs = ms * 500 + p50('push');
    expect(Math.abs(p50(`every-${ms}`) / knownUs - 1)).toBeLessThan(0.1);
  }
}, 300_000);

function p50Of(trial: TrialResult | undefined): number {
  return trial?.phases.steady?.latencyUs.delivered.p50 ?? Number.NaN;
}
