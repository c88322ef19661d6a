/**
 * How programs are installed, in processes of their own with a stand-in for `go` (the true one takes half a minute and
 * the network; that it works shows in the integration tests of a fresh machine).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { onPath } from '../process/on-path.ts';
import { isRunning, until } from '../process/until.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-install-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let home = '';
let count = 0;
beforeEach(() => {
  home = join(folder, String(count++));
  mkdirSync(join(home, 'bin'), { recursive: true });
  // Nothing else on PATH: a ghz or go of this machine must not be found.
  for (const tool of ['sh', 'sleep', 'touch', 'chmod', 'setpriv']) {
    const path = onPath(tool);
    if (path !== null) symlinkSync(path, join(home, 'bin', tool));
  }
});

const cache = () => join(home, 'cache', 'wirebench');
const calls = () =>
  existsSync(join(home, 'calls')) ? readFileSync(join(home, 'calls'), 'utf8').trim().split('\n') : [];

/** Notes each call, then does as told; $GOBIN is where the program goes. */
function putGo(script: string): void {
  const path = join(home, 'bin', 'go');
  writeFileSync(path, `#!/bin/sh\necho "$$ $@" >> ${join(home, 'calls')}\n${script}\n`);
  chmodSync(path, 0o755);
}
const installs = 'sleep 0.3; printf "#!/bin/sh\\n" > "$GOBIN/ghz"; chmod +x "$GOBIN/ghz"';

interface Attempt {
  readonly child: ChildProcess;
  readonly ended: Promise<{ stdout: string; stderr: string }>;
  stderr: string;
}

function attempt(answer: 'yes' | 'no'): Attempt {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'install-ghz.ts'), answer], {
    env: { ...process.env, PATH: join(home, 'bin'), XDG_CACHE_HOME: join(home, 'cache'), HOME: home },
  });
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  const made: Attempt = {
    child,
    stderr: '',
    ended: new Promise((resolve) => child.once('close', () => resolve({ stdout, stderr: made.stderr }))),
  };
  child.stderr.on('data', (chunk) => {
    made.stderr += chunk;
  });
  return made;
}

describe('ensurePrograms', () => {
  it('installs what is missing, says what it does, and finds it the next time', async () => {
    putGo(installs);
    const first = await attempt('yes').ended;
    expect(first.stderr).toMatch(/installing ghz[^\n]*\n\$ GOBIN=\S+ go install \S+@v[\d.]+\ninstalled ghz/);
    expect(first.stdout).toMatch(/\/ghz$/);
    expect(existsSync(first.stdout)).toBe(true);
    const second = await attempt('no').ended;
    expect(second).toEqual({ stdout: first.stdout, stderr: '' });
    expect(calls()).toHaveLength(1);
  });

  it('installs nothing when the answer is no: exit 3 and the exact command', async () => {
    putGo(installs);
    const { stdout } = await attempt('no').ended;
    const error = JSON.parse(stdout);
    expect(error.exitCode).toBe(3);
    expect(error.message).toBe('Missing: ghz');
    expect(error.hint).toMatch(/--yes[\s\S]*GOBIN=\S+ go install github\.com\/bojand\/ghz\/cmd\/ghz@v[\d.]+/);
    expect(calls()).toEqual([]);
  });

  it('names the tool without which it cannot be installed', async () => {
    const error = JSON.parse((await attempt('yes').ended).stdout);
    expect(error).toMatchObject({ exitCode: 3, message: expect.stringMatching(/ghz needs go/) });
  });

  it('shows the last words of a command that failed, and leaves nothing', async () => {
    putGo('echo "dial tcp: no such host" >&2; exit 1');
    const error = JSON.parse((await attempt('yes').ended).stdout);
    expect(error.exitCode).toBe(3);
    expect(error.message).toMatch(/go ended with code 1\s+dial tcp: no such host/);
    expect(error.hint).toMatch(/go install/);
    expect(readdirSync(cache())).toEqual([]);
  });

  it('ends the command when it is interrupted, and takes nothing half done for good', async () => {
    putGo('touch "$GOBIN/ghz"; exec sleep 60');
    const first = attempt('yes');
    await until('it installs', () => calls()[0]);
    const go = Number(calls()[0]?.split(' ')[0]);
    first.child.kill('SIGINT');
    expect(JSON.parse((await first.ended).stdout)).toEqual({ message: 'interrupted' });
    expect(isRunning(go)).toBe(false);
    expect(readdirSync(cache())).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'ends the command when it is killed, and the next run starts afresh',
    async () => {
      putGo('touch "$GOBIN/ghz"; exec sleep 60');
      const first = attempt('yes');
      await until('it installs', () => calls()[0]);
      const go = Number(calls()[0]?.split(' ')[0]);
      first.child.kill('SIGKILL');
      await until('go is gone', () => !isRunning(go));
      putGo(installs);
      expect((await attempt('yes').ended).stdout).toBe(
        join(cache(), readdirSync(cache()).find((n) => !n.includes('partial')) ?? '?', 'ghz'),
      );
    },
  );

  it.runIf(process.platform === 'linux')('installs once when two runs need it at once', async () => {
    putGo(installs);
    const [one, other] = await Promise.all([attempt('yes').ended, attempt('yes').ended]);
    expect(one.stdout).toMatch(/\/ghz$/);
    expect(other.stdout).toBe(one.stdout);
    expect(calls()).toHaveLength(1);
    expect(one.stderr + other.stderr).toMatch(/another run is installing/);
  });
});
