import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { aptProgram } from '../apt-program.ts';

const run = promisify(execFile);

export const rabbitmqProgram = aptProgram(
  {
    name: 'rabbitmq',
    title: 'RabbitMQ',
    package: 'rabbitmq-server',
    binary: 'rabbitmq-server',
    cost: '35 MB, about 15 s',
  },
  findRabbitmqScript,
);

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
