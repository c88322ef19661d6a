/** What goes wrong on real parts: each case ends with the right exit code, a clear word, no orphan and nothing lost. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RunResult, TrialResult } from '../result/result-types.ts';
import { allGone, BenchProcess, runBench } from './bench-process.ts';
import { benchRig, measuredExits } from './bench-rig.ts';

const rig = benchRig('bad-days');
const { folder, newOut, read } = rig;
const scenario = (name: string, text: string) => rig.write(`${name}.yaml`, text);

const rest = (load = 'warmup: 200ms, duration: 1s') =>
  scenario(
    `rest-${load.replace(/\W/g, '')}`,
    `name: rest
workload:
  operations:
    placeOrder: { weight: 70, pattern: one-way, payload: order }
    getOrder: { weight: 30, pattern: request-reply }
  payloads: { order: { size: 256B } }
load: { model: open, rate: 200/s, ${load} }
targets: { rest: { protocol: rest, connections: 8 } }
conditions: { calm: [] }
thresholds: [ "all lost == 0" ]
`,
  );

const withBroker = scenario(
  'with-broker',
  `name: with-broker
workload:
  operations: { placeOrder: { weight: 1, pattern: one-way, payload: order } }
  payloads: { order: { size: 256B } }
load: { model: open, rate: 200/s, warmup: 200ms, duration: 3s }
targets: { queue: { protocol: queue }, rest: { protocol: rest } }
conditions: { calm: [] }
`,
);

function expectCountsAddUp(result: RunResult): void {
  for (const trial of result.trials) {
    for (const { counts } of Object.values(trial.phases)) {
      expect(counts.ok + counts.rejected + counts.failed + counts.timedOut + counts.dropped).toBe(counts.offered);
    }
  }
}

function expectNotInvalidBySystem(trial: TrialResult | undefined): void {
  const codes = trial?.verdict.reasons.map(({ code }) => code) ?? [];
  if (!codes.includes('generatorLate') && !codes.includes('generatorStall')) {
    expect(trial?.verdict.status).not.toBe('invalid');
  }
}

describe('a good day', () => {
  it('ends with 0, a complete result and every file', async () => {
    const out = newOut();
    const { code, stdout, stderr } = await runBench(['run', rest(), '--yes', '--out', out]);
    expect(stderr).not.toMatch(/bug of Wirebench/);
    expect(measuredExits).toContain(code);
    expect(stdout).toMatch(/rest/);
    const result = read(out);
    expect(result.status).toBe('complete');
    expectCountsAddUp(result);
    for (const file of ['report.html', 'histograms.hlog', 'scenario.yaml'])
      expect(existsSync(join(out, file))).toBe(true);
  });

  it('moves an earlier result aside instead of overwriting it', async () => {
    const out = newOut();
    mkdirSync(out);
    writeFileSync(join(out, 'result.json'), '{"run": {"startedAt": "2026-01-02T03:04:05.678Z"}}');
    const { code } = await runBench(['run', rest('warmup: 0s, duration: 500ms'), '--yes', '--out', out]);
    expect(measuredExits).toContain(code);
    expect(readFileSync(join(`${out}-20260102T030405678Z`, 'result.json'), 'utf8')).toMatch(/2026-01-02/);
  });
});

describe.concurrent('bad input', () => {
  it.each([
    ['an unknown key', 'name: x\nlaod: {}\n', /:2:1:.*laod[\s\S]*load/],
    ['broken YAML', 'name: [x\n', /broken-YAML\.yaml:\d+:\d+/],
    ['an empty file', '', /empty/i],
  ])('%s ends with 2 and the place', async (name, text, message) => {
    const { code, stderr } = await runBench([
      'run',
      scenario(name.replaceAll(' ', '-'), text),
      '--yes',
      '--out',
      newOut(),
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it.each([
    ['a folder instead of a file', ['run', folder]],
    ['a file that is not there', ['run', join(folder, 'nowhere.yaml')]],
    ['an unknown option', ['run', 'x.yaml', '--nonsense']],
    ['an unknown command', ['nonsense']],
    ['no command', []],
  ])('%s ends with 2 and no stack trace', async (_name, args) => {
    const { code, stderr } = await runBench(args);
    expect(code).toBe(2);
    expect(stderr.length).toBeGreaterThan(10);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('refuses a host outside loopback before a byte is sent', async () => {
    const path = scenario(
      'elsewhere',
      `name: elsewhere
workload: { operations: { ping: { weight: 1, pattern: request-reply } } }
load: { model: open, rate: 10/s, duration: 1s }
targets: { shop: { protocol: rest, address: "http://203.0.113.9", via: direct, requests: { ping: { method: GET, path: / } } } }
conditions: { calm: [] }
`,
    );
    const { code, stderr } = await runBench(['run', path, '--yes', '--out', newOut()]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/allowHosts/);
  });

  it('finds an --out that cannot be written before anything starts', async () => {
    const blocked = join(folder, 'a-file');
    writeFileSync(blocked, '');
    const { code, stderr } = await runBench(['run', rest(), '--yes', '--out', join(blocked, 'x')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--out/);
    expect(stderr).not.toMatch(/toxiproxy/i);
  });
});

describe('a full disk', () => {
  const small = join(folder, 'small');

  // A file system of one megabyte is made for it, which takes root.
  it.skipIf(process.getuid?.() !== 0)('is found before anything starts', async () => {
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]);
    try {
      const { code, stderr } = await runBench(['run', rest(), '--yes', '--out', join(small, 'out')]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/MiB free/);
      expect(stderr).not.toMatch(/toxiproxy/i);
    } finally {
      execFileSync('umount', [small]);
    }
  });
});

describe.concurrent('an interrupt', () => {
  it.each([
    ['SIGINT', 'warmup', 'warmup: 20s, duration: 1s'],
    ['SIGINT', 'steady', 'warmup: 500ms, duration: 20s'],
    ['SIGTERM', 'steady', 'warmup: 500ms, duration: 20s'],
  ] as const)('%s in %s keeps a partial result and ends with 130', async (signal, phase, load) => {
    const out = newOut();
    const bench = new BenchProcess(['run', rest(load), '--yes', '--out', out]);
    await bench.says(new RegExp(phase));
    await sleep(1_000);
    const children = bench.descendants();
    bench.child.kill(signal);
    const { code } = await bench.exited;
    expect(code).toBe(130);
    expect(await allGone(children)).toEqual([]);
    const result = read(out);
    expect(result.status).toBe('interrupted');
    expectCountsAddUp(result);
    expect(existsSync(join(out, 'report.html'))).toBe(true);
  });

  it('in set-up ends with 130 and leaves nothing running', async () => {
    const out = newOut();
    const bench = new BenchProcess(['run', withBroker, '--yes', '--out', out]);
    await bench.says(/rabbitmq/i);
    await sleep(500);
    const children = bench.descendants();
    bench.child.kill('SIGINT');
    expect((await bench.exited).code).toBe(130);
    expect(await allGone(children)).toEqual([]);
    expect(read(out).status).toBe('interrupted');
  });

  it('by SIGKILL leaves no process, a readable result, and a clean next run', async () => {
    const out = newOut();
    const temporary = join(folder, 'temporary');
    mkdirSync(temporary);
    const env = { TMPDIR: temporary };
    const runFolders = () =>
      readdirSync(temporary, { recursive: true }).filter((name) => /run-[^/]*$/.test(String(name)));
    const bench = new BenchProcess(['run', rest('warmup: 500ms, duration: 20s'), '--yes', '--out', out], env);
    await bench.says(/steady/);
    const children = bench.descendants();
    expect(children.length).toBeGreaterThan(1);
    bench.child.kill('SIGKILL');
    await bench.exited;
    expect(await allGone(children)).toEqual([]);
    expect(read(out).status).toBe('partial');
    expect(runFolders().length).toBeGreaterThan(0);
    const next = await runBench(['run', rest('warmup: 0s, duration: 500ms'), '--yes', '--out', newOut()], env);
    expect(measuredExits).toContain(next.code);
    expect(runFolders()).toEqual([]);
  });
});

describe('a pause', () => {
  const pauseMs = 1_200;

  it('of the generator makes the trial invalid: exit 5', async () => {
    const out = newOut();
    const bench = new BenchProcess(['run', rest('warmup: 500ms, duration: 4s'), '--yes', '--out', out]);
    await bench.says(/steady/);
    process.kill(bench.pid, 'SIGSTOP');
    await sleep(pauseMs);
    process.kill(bench.pid, 'SIGCONT');
    expect((await bench.exited).code).toBe(5);
    const codes = read(out).trials[0]?.verdict.reasons.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['generatorLate', 'generatorStall']));
  });

  it('of the service is the system’s failing, not the measurement’s: late, and never invalid', async () => {
    const out = newOut();
    const bench = new BenchProcess(['run', rest('warmup: 500ms, duration: 4s'), '--yes', '--out', out]);
    await bench.says(/steady/);
    const [service = 0] = bench.descendants(/service\.ts/);
    process.kill(service, 'SIGSTOP');
    await sleep(pauseMs);
    process.kill(service, 'SIGCONT');
    await bench.exited;
    const [trial] = read(out).trials;
    expectNotInvalidBySystem(trial);
    expect(trial?.verdict.reasons.map(({ code }) => code)).not.toContain('generatorDrops');
    // A quarter of all waited, the first of them for the whole pause.
    expect(trial?.phases.steady?.latencyUs.offered.max ?? Number.POSITIVE_INFINITY).toBeGreaterThan(800_000);
    expect(trial?.ledger.lost).toBe(0);
  });
});

describe('parts that die', () => {
  it('a service crash mid-trial is data, and makes the trial suspect', async () => {
    const out = newOut();
    const bench = new BenchProcess(['run', rest('warmup: 500ms, duration: 3s'), '--yes', '--out', out]);
    await bench.says(/steady/);
    await sleep(700);
    for (const pid of bench.descendants(/service\.ts/)) process.kill(pid, 'SIGKILL');
    const { stderr } = await bench.exited;
    expect(stderr).not.toMatch(/bug of Wirebench/);
    const [trial] = read(out).trials;
    expect(trial?.verdict.reasons.map(({ code }) => code)).toContain('partLost');
    expectNotInvalidBySystem(trial);
    const { failed = 0, timedOut = 0, ok = 0 } = trial?.phases.steady?.counts ?? {};
    expect(failed + timedOut).toBeGreaterThan(0);
    expect(ok).toBeGreaterThan(0);
    expectCountsAddUp(read(out));
  });

  it('Toxiproxy killed mid-trial makes the trial invalid: exit 5', async () => {
    const out = newOut();
    const bench = new BenchProcess(['run', rest('warmup: 500ms, duration: 3s'), '--yes', '--out', out]);
    await bench.says(/steady/);
    for (const pid of bench.descendants(/toxiproxy/)) process.kill(pid, 'SIGKILL');
    expect((await bench.exited).code).toBe(5);
    expect(read(out).trials[0]?.verdict).toMatchObject({ status: 'invalid' });
  });

  it('a broker killed mid-trial: the trial is kept, the stack started anew, the next trial valid to read', async () => {
    const out = newOut();
    const bench = new BenchProcess(['run', withBroker, '--yes', '--out', out]);
    await bench.says(/queue-calm[\s\S]*steady/, 120_000);
    for (const pid of bench.descendants(/beam\.smp/)) process.kill(pid, 'SIGKILL');
    const { code, stderr } = await bench.exited;
    expect(stderr).not.toMatch(/bug of Wirebench/);
    expect([0, 5]).toContain(code);
    const result = read(out);
    expect(result.trials).toHaveLength(2);
    const [queue, rest] = ['queue', 'rest'].map((name) => result.trials.find(({ target }) => target === name));
    expect(queue?.verdict.status).not.toBe('valid');
    expect(result.environment.warmUp?.rabbitmq?.steady).not.toBeNull();
    // Nothing comes back to who hands over: one publishes, and none consumes.
    expect([queue, rest].map((trial) => trial?.semantics.connections)).toEqual([1, 64]);
    expectCountsAddUp(result);
  });
});

describe('two runs at once', () => {
  it('do not collide', async () => {
    const outs = [newOut(), newOut()];
    const exits = await Promise.all(outs.map((out) => runBench(['run', rest(), '--yes', '--out', out])));
    for (const { code } of exits) expect(measuredExits).toContain(code);
    for (const out of outs) expect(read(out).status).toBe('complete');
  });
});

describe('a port that is taken', () => {
  it('does not matter: ports are picked free', async () => {
    const squatters = [8474, 5672, 9092].map((port) => createServer().listen(port, '127.0.0.1'));
    try {
      const { code } = await runBench(['run', rest('warmup: 0s, duration: 500ms'), '--yes', '--out', newOut()]);
      expect(measuredExits).toContain(code);
    } finally {
      for (const squatter of squatters) squatter.close();
    }
  });
});

describe('a stack that cannot be had', () => {
  it('ends with 3 and the commands that would get it, when nobody can be asked', async () => {
    const bare = join(folder, 'bare-path');
    mkdirSync(bare, { recursive: true });
    const { code, stderr } = await runBench(['run', rest(), '--out', newOut()], {
      XDG_CACHE_HOME: join(folder, 'empty-cache'),
      PATH: `${bare}:/usr/bin:/bin`,
    });
    expect(code).toBe(3);
    expect(stderr).toMatch(/go install/);
  });
});
