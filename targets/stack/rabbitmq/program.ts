import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Program } from '../program.ts';

const run = promisify(execFile);

/** Only root installs packages; anybody else by sudo, without being asked for a password in the middle. */
const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
const aptInstall = [
  ...asRoot,
  'env',
  'DEBIAN_FRONTEND=noninteractive',
  'RUNLEVEL=1', // the package would start a broker of its own on the default port
  'apt-get',
  'install',
  '-y',
  '-q',
  '--no-install-recommends',
  '-o',
  'DPkg::Lock::Timeout=300',
  'rabbitmq-server',
];
const aptUpdate = [...asRoot, 'apt-get', 'update', '-q'];

export const rabbitmqProgram: Program = {
  name: 'rabbitmq',
  title: 'RabbitMQ',
  version: 'of the distribution',
  find: findRabbitmqScript,
  needs: ['apt-get', ...asRoot.slice(0, 1)],
  commands: [aptUpdate.join(' '), aptInstall.join(' ')],
  cost: '35 MB, about 15 s',
  async install(runCommand) {
    const runAll = ([command = '', ...args]: readonly string[]) => runCommand(command, args);
    // A source of the machine that cannot be reached just now need not be the one that has the package.
    await runAll(aptUpdate).catch(() => undefined);
    await runAll(aptInstall);
  },
};

/** The server script in the package's library folder: the one on PATH insists on the package's own user. */
async function findRabbitmqScript(): Promise<string | null> {
  const library = '/usr/lib/rabbitmq/lib';
  if (existsSync(library)) {
    for (const version of readdirSync(library).sort().reverse()) {
      const script = join(library, version, 'sbin', 'rabbitmq-server');
      if (existsSync(script)) return script;
    }
  }
  try {
    const { stdout } = await run('dpkg', ['-L', 'rabbitmq-server'], { timeout: 10_000 });
    return stdout.split('\n').find((path) => /\/lib\/.*\/sbin\/rabbitmq-server$/.test(path)) ?? null;
  } catch {
    return null;
  }
}
