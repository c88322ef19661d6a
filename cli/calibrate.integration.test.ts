/** `bench calibrate` as a user runs it: what it prints is held against what has to be so on the busiest machine as well. */
import { describe, expect, it } from 'vitest';
import type { CalibrationResult, DelayCheck, KnownServiceName } from '../result/calibration-result.ts';
import { allGone, BenchProcess, runBench } from './bench-process.ts';

function checkOf(result: CalibrationResult, service: KnownServiceName): DelayCheck {
  const found = result.delays.find((check) => check.service === service);
  if (found === undefined) throw new Error(`${service} was not checked`);
  return found;
}

describe('bench calibrate', () => {
  it('records known delays as they are, and a stall where REST has it: in the wait for a connection', async () => {
    const { code, stdout, stderr } = await runBench(['calibrate', '--quick', '--json', '--protocol', 'rest']);
    expect([0, 5], stderr).toContain(code); // invalid on a machine that is too busy; what follows holds there, too
    const result = JSON.parse(stdout) as CalibrationResult;
    expect(result.status).toBe('complete');
    const [resolution] = result.resolutions;
    expect(resolution?.canary?.count).toBeGreaterThan(50);
    expect(resolution?.canary?.p50Us).toBeGreaterThan(0);
    for (const { service, figures, counts } of result.delays) {
      expect(counts.ok, service).toBe(counts.offered);
      for (const { truthUs, serviceUs, recordedUs, quantile } of figures) {
        const name = `${service} p${quantile * 100}`;
        // Timers may be a millisecond early, and a cell of the histogram is up to 0.1 % wide.
        expect(recordedUs, name).toBeGreaterThan(truthUs * 0.998 - 1_100);
        expect(recordedUs, name).toBeGreaterThanOrEqual((serviceUs ?? Number.NaN) * 0.998);
      }
    }
    const stall = checkOf(result, 'stall');
    const [, p95] = stall.figures;
    expect(p95?.truthUs).toBe(300_000);
    expect(Math.abs(p95?.errorToService ?? Number.NaN)).toBeLessThan(0.3);
    expect(stall.stall?.connectionWaitP99Us).toBeGreaterThan(150_000);
    expect(stall.stall?.slowInService).toBeLessThan(stall.counts.offered / 5); // the stall held as many
    const bimodal = checkOf(result, 'bimodal');
    expect(bimodal.slow?.truth).toBe(100);
    expect(bimodal.slow?.recorded).toBeGreaterThanOrEqual(100);
    expect(result.pacing.map(({ ratePerSecond, mode }) => [ratePerSecond, mode])).toEqual([[1_000, 'spin']]);
    expect(result.highestRates[0]?.probes.length).toBeGreaterThan(0);
  });

  it('ends politely at Ctrl-C, with what it has', async () => {
    const bench = new BenchProcess(['calibrate', '--quick', '--json', '--protocol', 'rest']);
    await bench.says(/stall/);
    const children = bench.descendants();
    bench.child.kill('SIGINT');
    const { code, stdout } = await bench.exited;
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'interrupted', delays: [], highestRates: [] });
    expect(await allGone(children)).toEqual([]);
  });

  it('names the protocols when one is unknown', async () => {
    const { code, stderr } = await runBench(['calibrate', '--protocol', 'pigeon']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/rest.*stream/s);
  });
});
