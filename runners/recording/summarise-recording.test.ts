import { expect, it } from 'vitest';
import { decodeLatencyCounts } from '../../result/latency-counts.ts';
import { laterTimes } from '../../result/patterns.ts';
import { outcomes } from '../../targets/driver.ts';
import { Recorder } from './recorder.ts';
import { summariseRecording } from './summarise-recording.ts';

const steady = { name: 'steady', startUs: 0, endUs: 1e6 } as const;
const operations = [
  { name: 'placeOrder', pattern: 'one-way', completion: 'acknowledged' },
  { name: 'getOrder', pattern: 'request-reply', completion: 'replied' },
] as const;

/** 2,000 of each; of the orders `acknowledged` were, a millisecond after their intended start. */
function recorded(acknowledged: number) {
  const recorder = new Recorder(1, operations.length);
  for (const [operation] of operations.entries()) {
    const cell = recorder.cell(0, operation);
    for (let n = 0; n < 2_000; n++) {
      const isOk = operation === 1 || n < acknowledged;
      cell.counts.offered++;
      cell.end(isOk ? outcomes.ok : outcomes.timedOut, isOk ? '' : 'timeout');
      if (isOk) cell.latency('response').record(1_000);
      if (isOk) cell.latency('acknowledged').record(1_000);
    }
  }
  return summariseRecording(recorder, [steady], operations, 0, []).phases.steady;
}

it('counts what was handed over and never acknowledged as infinitely late', () => {
  const few = recorded(1_200);
  expect(few?.operations.placeOrder?.latencyUs.acknowledged).toMatchObject({ count: 2_000, p50: 1_000, p90: null });
  expect(few?.latencyUs.acknowledged).toMatchObject({ count: 4_000, p50: 1_000, p99: null });
  expect(recorded(2_000)?.latencyUs.acknowledged).toMatchObject({ count: 4_000, p99: 1_000 });
});

it('asks an acknowledgement of every operation, also where the reply is the only one', () => {
  expect(recorded(2_000)?.operations.getOrder?.latencyUs.acknowledged).toMatchObject({ count: 2_000, p99: 1_000 });
});

it('knows when each was delivered, and takes for the whole phase what was handed over', () => {
  const recorder = new Recorder(1, operations.length);
  for (const [operation, delivered] of [1_500, 1_000].entries()) {
    const cell = recorder.cell(0, operation);
    cell.counts.offered = 2_000;
    for (let n = 0; n < delivered; n++) cell.latency('delivered').record(operation === 0 ? 1_000 : 100);
  }
  const { phases, histograms } = summariseRecording(recorder, [steady], operations, 0, laterTimes);
  const { placeOrder, getOrder } = phases.steady?.operations ?? {};
  expect(placeOrder?.latencyUs.delivered).toMatchObject({ count: 2_000, p50: 1_000, p90: null });
  expect(getOrder?.latencyUs.delivered).toMatchObject({ count: 2_000, p50: 100, p90: null });
  expect(phases.steady?.latencyUs.delivered).toEqual(placeOrder?.latencyUs.delivered);
  expect(decodeLatencyCounts(histograms.steady?.delivered ?? '').count).toBe(1_500);
});
