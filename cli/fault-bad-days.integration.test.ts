/** Faults that go wrong, or that take Toxiproxy itself: each ends with the right exit code, a clear word and no orphan. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readProcessStat } from '../targets/process/process-tree.ts';
import { until } from '../targets/process/until.ts';
import { allGone, BenchProcess } from './bench-process.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('fault-bad-days');

function begin(name: string, durationS: number, windows: string) {
  const out = rig.newOut();
  const path = rig.write(
    `${name}.yaml`,
    `name: ${name}
workload:
  operations: { placeOrder: { weight: 1, pattern: one-way, payload: order } }
  payloads: { order: { size: 256B } }
load: { model: open, rate: 100/s, warmup: 300ms, duration: ${durationS}s }
targets: { rest: { protocol: rest, connections: 8 } }
conditions: { bad: [ ${windows} ] }
`,
  );
  const bench = new BenchProcess(['run', path, '--yes', '--out', out]);
  return { bench, read: () => rig.read(out), out };
}

it.concurrent('Toxiproxy killed by plan comes back with its proxies and the toxic that was open', async () => {
  const { bench, read } = begin(
    'proxy-kill',
    5,
    `{ at: 500ms, for: 3s, fault: latency, latency: 60ms }, { at: 1s, for: 1s, fault: kill, part: toxiproxy }`,
  );
  const { stderr } = await bench.exited;
  expect(stderr).not.toMatch(/bug of Wirebench/);
  const [trial] = read().trials;
  const [latency, kill] = trial?.faults ?? [];
  expect(latency?.removedAtMs).toBeGreaterThan(kill?.removedAtMs ?? Number.POSITIVE_INFINITY);
  expect(kill?.proof).toMatchObject({
    process: 'gone',
    signal: 'SIGKILL',
    probe: 'refused',
    probeAfter: 'answered',
    proxiesSetAgain: 1,
  });
  expect(kill?.proof?.pidAfter).not.toBe(kill?.proof?.pidBefore);
  const codes = trial?.verdict.reasons.map(({ code }) => code);
  expect(codes).not.toContain('faultDidNotAct');
  expect(codes).not.toContain('proxyLost');
  expect(trial?.phases.during?.counts.failed).toBeGreaterThan(0);
  expect(trial?.phases.after?.counts.failed).toBe(0);
  // What had been set on the old one acts in the new one.
  const backAtMs = kill?.removedAtMs ?? Number.POSITIVE_INFINITY;
  const isSlow = trial?.timeline.some(
    ({ atMs, ok, p50Us }) => atMs >= backAtMs && atMs < 3_500 && ok > 0 && (p50Us ?? 0) >= 60_000,
  );
  expect(isSlow).toBe(true);
}, 60_000);

it.concurrent('Toxiproxy dying with a toxic set: an invalid trial with the reason, the ledger still told, exit 5, no orphan', async () => {
  const { bench, read, out } = begin('proxy-dies', 3, `{ at: 500ms, for: 2s, fault: latency, latency: 60ms }`);
  await bench.says(/during/);
  const children = bench.descendants();
  for (const pid of bench.descendants(/toxiproxy/)) process.kill(pid, 'SIGKILL');
  const { code, stderr } = await bench.exited;
  expect(code).toBe(5);
  expect(stderr).not.toMatch(/bug of Wirebench/);
  const result = read();
  expect(result.status).toBe('complete');
  const [trial] = result.trials;
  expect(trial?.verdict.status).toBe('invalid');
  expect(trial?.verdict.reasons.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['faultDidNotAct', 'proxyLost']),
  );
  expect(trial?.ledger.acknowledged).toBeGreaterThan(0);
  expect(trial?.ledger.lost).toBe(0);
  expect(existsSync(join(out, 'report.html'))).toBe(true);
  expect(await allGone(children)).toEqual([]);
}, 60_000);

it.concurrent('an interrupt while a process is paused, or Toxiproxy killed, ends with 130, interrupted, and nothing left', async () => {
  const { bench, read } = begin(
    'interrupted',
    30,
    `{ at: 500ms, for: 25s, fault: pause, part: service }, { at: 500ms, for: 25s, fault: kill, part: toxiproxy }, { at: 100ms, for: 20s, fault: latency, latency: 5ms }`,
  );
  await bench.says(/during/);
  const children = bench.descendants();
  await until('the service stands still', () =>
    bench.descendants(/service\.ts/).some((pid) => readProcessStat(pid)?.state === 'T'),
  );
  bench.child.kill('SIGINT');
  expect((await bench.exited).code).toBe(130);
  expect(read().status).toBe('interrupted');
  expect(await allGone(children)).toEqual([]);
}, 60_000);
