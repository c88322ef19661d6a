import { expect, it } from 'vitest';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { reporters } from '../formats.ts';

const whole = fixtureResult();
const text = reporters.prometheus.render(whole);
const lines = text.trimEnd().split('\n');

it('is in the text form: help and type once, then one line for each set of labels', () => {
  for (const line of lines) {
    expect(line).toMatch(/^(# (HELP|TYPE) wirebench_\w+ .+|wirebench_\w+\{(\w+="([^"\\\n]|\\.)*",?)+\} -?[\d.e+-]+)$/);
  }
  const samples = lines.filter((line) => !line.startsWith('#')).map((line) => line.replace(/ \S+$/, ''));
  expect(new Set(samples).size).toBe(samples.length);
  const types = lines.filter((line) => line.startsWith('# TYPE'));
  expect(new Set(types).size).toBe(types.length);
});

it('has the percentiles in seconds, and none that was not reached', () => {
  const [trial] = whole.trials;
  const placed = trial?.phases.steady?.operations.placeOrder;
  const us = placed?.latencyUs.offered.p99 ?? Number.NaN;
  const line = lines.find((one) =>
    /^wirebench_latency_seconds\{.*trial="rest-calm-1".*phase="steady",operation="placeOrder",time="offered",quantile="0.99"\}/.test(
      one,
    ),
  );
  expect(Number(line?.split(' ').at(-1))).toBeCloseTo(us / 1e6, 9);
  expect(text).not.toMatch(/ (NaN|null|Infinity)$/m);
});

it('counts operations by outcome, and tells the verdict of each trial', () => {
  expect(text).toMatch(/^wirebench_operations_total\{.*outcome="timedOut"\} \d+$/m);
  expect(lines.filter((line) => line.startsWith('wirebench_verdict{'))).toHaveLength(whole.trials.length);
});
