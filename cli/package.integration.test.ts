import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');

describe('the package', () => {
  let folder = '';
  let bench = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(os.tmpdir(), 'wirebench-package-'));
    const packed = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root });
    const listed = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('[\n'))) as { filename: string }[];
    const tarball = join(folder, listed[0]?.filename ?? '');
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, tarball], { cwd: folder });
    bench = join(folder, 'node_modules', '.bin', 'bench');
  }, 240_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('runs a scenario in an empty folder', { timeout: 90_000 }, async () => {
    await run(bench, ['init', 'mine.yaml'], { cwd: folder });
    const args = ['--target', 'rest', '--duration', '1s', '--stack', 'native', '--out', 'out', '--format', 'json,html'];
    const outcome = await run(bench, ['run', 'mine.yaml', '--yes', ...args], { cwd: folder }).catch((error) => error);
    const result = JSON.parse(await readFile(join(folder, 'out', 'result.json'), 'utf8'));
    expect([outcome.stderr, result.status]).toEqual([expect.any(String), 'complete']);
    expect(result.trials.map(({ target }: { target: string }) => target)).toContain('rest');
    expect(await readFile(join(folder, 'out', 'report.html'), 'utf8')).toContain('uPlot');
  });

  it('has the types of the result and the schemas of results and scenarios in it', async () => {
    const home = join(folder, 'node_modules', 'wirebench');
    const { exports } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'));
    await writeFile(
      join(folder, 'mine.ts'),
      "import type { RunResult } from 'wirebench/result';\nexport const idOf = (result: RunResult): string | undefined => result.trials[0]?.id;\n",
    );
    const options = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--module', 'nodenext', '--types', ''];
    const typed = await run(join(root, 'node_modules', '.bin', 'tsc'), [...options, 'mine.ts'], { cwd: folder }).catch(
      (error) => error,
    );
    expect(typed.stdout).toBe('');
    const schema = JSON.parse(await readFile(join(home, exports['./scenario.schema.json']), 'utf8'));
    expect(Object.keys(schema.properties)).toContain('workload');
    const ofResult = JSON.parse(await readFile(join(home, exports['./result.schema.json']), 'utf8'));
    expect(Object.keys(ofResult.properties)).toContain('trials');
    const ofComparison = JSON.parse(await readFile(join(home, exports['./comparison.schema.json']), 'utf8'));
    expect(Object.keys(ofComparison.properties)).toContain('rows');
    const ofDecision = JSON.parse(await readFile(join(home, exports['./decision.schema.json']), 'utf8'));
    expect(Object.keys(ofDecision.properties)).toContain('groups');
  });

  it('has the sources of the service in Go in it, with the versions and checksums of what that is built on', async () => {
    const sources = join(folder, 'node_modules', 'wirebench', 'dist', 'targets', 'go-service');
    const { stdout } = await run('go', ['list', '-C', sources, '-mod=readonly', '-f', '{{.GoFiles}}', './...']);
    expect(stdout).toContain('main.go');
    expect(stdout).toContain('orders_grpc.pb.go');
    expect(await readFile(join(sources, 'go.sum'), 'utf8')).toContain('google.golang.org/grpc v');
  });

  it('holds neither tests nor what only tests need', async () => {
    const home = join(folder, 'node_modules', 'wirebench');
    const { stdout } = await run('find', [home, '-name', '*.test.*']);
    expect(stdout).toBe('');
    const users = await run('grep', ['-rl', "from 'vitest", home]).catch((nobody: { stdout: string }) => nobody);
    expect(users.stdout).toBe('');
  });
});
