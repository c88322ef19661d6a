/** The workflows that docs/ci.md shows: their steps are run as a runner would, by the shell, in a repository with two versions. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { freePort } from '../targets/process/free-port.ts';

interface Workflow {
  readonly jobs: Readonly<
    Record<string, { readonly env: Readonly<Record<string, unknown>>; readonly steps: readonly { run?: string }[] }>
  >;
}

const page = readFileSync(join(import.meta.dirname, 'ci.md'), 'utf8');
const blocks = (kind: string) => [...page.matchAll(new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\``, 'gm'))];
const workflows = blocks('yml').map(([, text = '']) => parse(text) as Workflow);
const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-ci-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shop = join(folder, 'shop');
const bench = join(import.meta.dirname, '..', 'bench');
let base = '';
let port = 0;

function server(waitMs: number): string {
  return `import { createServer } from 'node:http';
createServer((_, response) => setTimeout(() => response.end('{}'), ${waitMs})).listen(${port}, '127.0.0.1');\n`;
}

function git(...args: string[]): string {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  const { stdout, stderr, status } = spawnSync('git', [...identity, ...args], { cwd: shop, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return stdout.trim();
}

/** As GitHub's runner does: `bash -e`, one file a step. */
async function play(workflow: Workflow | undefined, env: Readonly<Record<string, string>>) {
  const [job] = Object.values(workflow?.jobs ?? {});
  const scripts = job?.steps.flatMap(({ run }) => run ?? []) ?? [];
  expect(scripts.length).toBeGreaterThan(0);
  const own = Object.fromEntries(Object.entries(job?.env ?? {}).map(([name, value]) => [name, String(value)]));
  let output = '';
  for (const script of scripts) {
    const path = join(folder, 'step.sh');
    writeFileSync(path, script);
    const step = spawn('bash', ['-e', path], { cwd: shop, env: { ...process.env, ...own, ...env } });
    step.stdout.on('data', (chunk) => (output += chunk));
    step.stderr.on('data', (chunk) => (output += chunk));
    const [code] = await once(step, 'close');
    if (code !== 0) return { code: code as number, output };
  }
  return { code: 0, output };
}

beforeAll(async () => {
  port = await freePort();
  await mkdir(join(shop, 'perf'), { recursive: true });
  const [scenario = ''] = blocks('yaml').map(([, text = '']) => text);
  const short = scenario
    .replace(':8080', `:${port}`)
    .replace('warmup: 1s, duration: 5s', 'warmup: 300ms, duration: 1s');
  writeFileSync(join(shop, 'perf', 'checkout.yaml'), short);
  writeFileSync(join(shop, '.gitignore'), 'base/\nperf-results/\n');
  writeFileSync(join(shop, 'server.mjs'), server(5));
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'base');
  base = git('rev-parse', 'HEAD');
});

it('base and head in turn: a slower head fails the job, with annotations, a summary and test cases', async () => {
  writeFileSync(join(shop, 'server.mjs'), server(25));
  const summary = join(folder, 'summary.md');
  const env = { BENCH: bench, BLOCKS: '5', BASE: base, GITHUB_STEP_SUMMARY: summary };
  rmSync(join(shop, 'base'), { recursive: true, force: true });
  git('worktree', 'prune');
  const { code, output } = await play(workflows[0], env);
  const junit = readFileSync(join(shop, 'perf-results', 'junit.xml'), 'utf8');
  expect(readFileSync(summary, 'utf8')).toContain('### Gates');
  if (/^::warning title=performance::Nobody can tell/m.test(output)) {
    // The machine was too busy to say: then the job passes, with the warning, and the gate is an error in the cases.
    expect([code, junit], output).toEqual([0, expect.stringContaining('errors="1"')]);
    return;
  }
  expect(code, output).toBe(4);
  expect(output).toMatch(/^::error title=checkout%3A gate failed::/m);
  expect(junit).toContain('failures="1"');
});

it('a baseline of the same machine: four runs of main, and a head that is much slower', async () => {
  const env = { BENCH: bench, BASELINES: join(folder, 'baselines') };
  writeFileSync(join(shop, 'server.mjs'), server(5));
  const kept = await play(workflows[1], env);
  expect(kept.code, kept.output).toBe(0);
  writeFileSync(join(shop, 'server.mjs'), server(50));
  const { code, output } = await play(workflows[2], env);
  expect([4, 5], output).toContain(code); // 5: too many trials were disturbed
  expect(output).toMatch(/^::error title=checkout%3A gate (failed|cannot be told)::/m);
});
