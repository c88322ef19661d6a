/**
 * Cases of the world outside, from reports about other tools, each with what is right; `before` marks those that held in
 * 0.1 already.
 */
import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../result/result-types.ts';
import { RawServer } from '../targets/driver-suite/raw-server.ts';
import { BenchProcess, runBench } from './bench-process.ts';
import { benchRig } from './bench-rig.ts';

const root = join(import.meta.dirname, '..');
const rig = benchRig('cases');
const { folder, read } = rig;
const servers: RawServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.close())));

const fine = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
/** Answers the n-th request of a connection. */
type Answer = (socket: Socket, n: number, method: string) => unknown;

async function serve(answer: Answer): Promise<string> {
  const server = await RawServer.listen((socket) => {
    let requests = 0;
    socket.on('data', (data) => answer(socket, ++requests, data.toString('latin1').split(' ')[0] as string));
  });
  servers.push(server);
  return server.address;
}

function scenario(name: string, targets: Record<string, string>, more = ''): string {
  const lines = Object.entries(targets).map(
    ([target, address]) =>
      `  ${target}: { protocol: rest, address: "http://${address}", via: direct, connections: 2, requests: { ping: { method: GET, path: /x } } }`,
  );
  return rig.write(
    `${name}.yaml`,
    `name: ${name}
workload: { operations: { ping: {} } }
load: { model: open, arrivals: constant, rate: 50/s, warmup: 0ms, duration: 1s }
conditions: { calm: [] }
targets:
${lines.join('\n')}
${more}`,
  );
}

interface HttpCase {
  readonly answer: Answer;
  /** Of 50 operations; a range where the moment decides. */
  readonly ok: readonly [least: number, most: number];
  readonly reasons: readonly string[];
  readonly before?: true;
}

const httpCases: Readonly<Record<string, HttpCase>> = {
  bareLineFeeds: {
    answer: (socket) => socket.write('HTTP/1.1 200 OK\ncontent-type: text/plain\ncontent-length: 2\n\nok'),
    ok: [50, 50],
    reasons: [],
  },
  closesOnHead: {
    answer: (socket, _n, method) => (method === 'HEAD' ? socket.destroy() : socket.write(fine)),
    ok: [50, 50],
    reasons: [],
  },
  silentOnHead: {
    answer: (socket, _n, method) => method !== 'HEAD' && socket.write(fine),
    ok: [50, 50],
    reasons: [],
  },
  closesEachTenth: {
    answer: (socket, n) => (n % 10 === 0 ? socket.end(fine) : socket.write(fine)),
    ok: [45, 50], // on busy cores one is sent as its connection closes
    reasons: ['connection closed'],
    before: true,
  },
  resetsEachTenth: {
    answer: (socket, n) => (n % 10 === 0 ? socket.resetAndDestroy() : socket.write(fine)),
    ok: [44, 47],
    reasons: ['connection reset'],
    before: true,
  },
  redirects: {
    answer: (socket) => socket.write('HTTP/1.1 302 Found\r\nlocation: /there\r\ncontent-length: 0\r\n\r\n'),
    ok: [0, 0],
    reasons: ['status 302'],
    before: true,
  },
};

describe('HTTP services', () => {
  let run: { readonly code: number | null; readonly stdout: string; readonly result: RunResult };
  beforeAll(async () => {
    const targets: Record<string, string> = {};
    for (const [name, { answer }] of Object.entries(httpCases)) targets[name] = await serve(answer);
    const out = join(folder, 'http');
    const { code, stdout } = await runBench(['run', scenario('http', targets), '--out', out]);
    run = { code, stdout, result: read(out) };
  }, 120_000);

  it.each(Object.entries(httpCases))('%s', (name, { ok: [least, most], reasons }) => {
    const phase = run.result.trials.find(({ target }) => target === name)?.phases.steady;
    expect(phase?.counts.offered).toBe(50);
    expect(phase?.counts.ok).toBeGreaterThanOrEqual(least);
    expect(phase?.counts.ok).toBeLessThanOrEqual(most);
    expect(reasons).toEqual(expect.arrayContaining(Object.keys(phase?.errors ?? {})));
  });

  it('are told that redirects are not followed', () => {
    expect(run.stdout).toMatch(/50 × status 302 \(redirects\s+are\s+not\s+followed\)/);
  });
});

describe('names that every object has', () => {
  const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf'];

  it('are names like any other, from validation to the report', async () => {
    const address = await serve((socket) => socket.write(fine));
    const path = scenario('names', {}, '');
    const entries = (entry: (name: string) => string) => names.map((name) => `${name}: ${entry(name)}`).join(', ');
    writeFileSync(
      path,
      `name: names
workload:
  operations: { ${entries((name) => `{ payload: ${name} }`)} }
  payloads: { ${entries(() => '{ size: 8B }')} }
load: { model: open, rate: 100/s, warmup: 0ms, duration: 500ms }
targets: { constructor: { protocol: rest, address: "http://${address}", via: direct, requests: { ${entries(() => '{ method: GET, path: "/{{payload}}" }')} } } }
conditions: { toString: [] }
thresholds: [ "constructor goodput > 0/s in toString", "all p50 < 5s" ]
`,
    );
    const out = join(folder, 'names');
    const { code, stderr } = await runBench([
      'run',
      path,
      '--target',
      'constructor',
      '--out',
      out,
      '--format',
      'terminal,json,html,hlog,csv,markdown',
    ]);
    expect(stderr).not.toMatch(/bug of Wirebench/);
    expect([0, 5]).toContain(code); // a machine that is busy makes it invalid
    expect(Object.keys(read(out).trials[0]?.phases.steady?.operations ?? {}).sort()).toEqual([...names].sort());
  });

  it.each(['__proto__', '__defineGetter__'])(
    '%s is refused with its place, as names begin with a letter',
    async (name) => {
      const path = scenario(`proto${name}`.replace(/\W/g, ''), { [name]: '127.0.0.1:9' });
      const { code, stdout } = await runBench(['validate', path]);
      expect(code).toBe(2);
      expect(stdout).toMatch(/:6:3: .*(a name begins with a letter|cannot be a name)/);
    },
  );
});

/** Exit code by the command line that stands behind `bench … `. */
const pipes: Readonly<Record<string, { readonly behind: string; readonly before?: true }>> = {
  'read to the end': { behind: '2>/dev/null >/dev/null', before: true },
  'stdout without a reader': { behind: '2>/dev/null | true' },
  'one line of stdout read': { behind: '2>/dev/null | head -1', before: true },
  'both without a reader': { behind: '2>&1 | true' },
  'stderr on a full disk': { behind: '2>/dev/full >/dev/null' },
  'both closed': { behind: '>&- 2>&-', before: true },
};

function exitOf(command: string): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn('bash', ['-c', `${command}; exit "\${PIPESTATUS[0]}"`], { cwd: root, stdio: 'ignore' });
    child.once('close', resolve);
  });
}

describe('streams that nobody reads', () => {
  it.each(Object.entries(pipes))('%s: a problem of the scenario ends with 2', async (_what, { behind }) => {
    expect(await exitOf(`./bench validate ${join(folder, 'nowhere.yaml')} ${behind}`)).toBe(2);
  });

  it('a failed threshold ends with 4, and the result is whole', async () => {
    const path = scenario(
      'pipe',
      { shop: await serve((socket) => socket.write(fine)) },
      'thresholds: [ "shop p50 < 1us" ]\n',
    );
    const out = join(folder, 'pipe');
    expect([4, 5]).toContain(await exitOf(`./bench run ${path} --out ${out} 2>&1 | true`)); // 5: a machine that is busy
    expect(read(out).status).toBe('complete');
    expect(existsSync(join(out, 'report.html'))).toBe(true);
  });

  it('stdout on a full disk ends with 6', async () => {
    expect(await exitOf(`./bench plan ${scenario('plan', { shop: '127.0.0.1:9' })} >/dev/full 2>/dev/null`)).toBe(6);
  });
});

describe('folders that are gone or take nothing', () => {
  it.each([
    ['an --out where none can be', ['--out', '/proc/wirebench'], {}, 2, /cannot be written to \/proc\/wirebench/],
    ['a TMPDIR where none can be', ['--out', join(folder, 'tmpdir')], { TMPDIR: '/proc/x' }, 3, /set TMPDIR/],
  ] as const)('%s', async (_what, args, env, expected, message) => {
    const { code, stderr } = await runBench(['run', scenario('folders', { shop: '127.0.0.1:9' }), ...args], env);
    expect(stderr).toMatch(message);
    expect(code).toBe(expected);
  });

  it('a working directory ends with 2', async () => {
    const gone = join(folder, 'gone');
    expect(await exitOf(`mkdir ${gone} && cd ${gone} && rmdir ${gone} && ${root}/bench init`)).toBe(2);
  });

  it('the result folder, in the midst: exit 6, and what was finished is printed and kept', async () => {
    const out = join(folder, 'removed');
    const address = await serve((socket) => socket.write(fine));
    const path = scenario('removed', { shop: address }, 'repeats: 3\n');
    const bench = new BenchProcess(['run', path, '--out', out, '--format', 'json']);
    await bench.says(/\[2\/3\]/);
    rmSync(out, { recursive: true });
    const { code, stdout, stderr } = await bench.exited;
    expect(code).toBe(6);
    expect(stdout).toMatch(/shop/);
    const kept = /The result is kept in (.+)/.exec(stderr)?.[1] ?? '';
    const result = read(kept);
    expect(result.trials).toHaveLength(2);
    expect(result.status).toBe('interrupted');
  });
});
