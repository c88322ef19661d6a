/** The programs that the native stack is made of: where each is, and how to get it. One entry a program. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onPath } from '../process/on-path.ts';
import type { RunCommand } from './command-runner.ts';
import { cacheDirectory, installInto } from './stack-cache.ts';
import { kafkaVersion, toxiproxyVersion } from './stack-settings.ts';

export { onPath } from '../process/on-path.ts';

const run = promisify(execFile);
export const ghzVersion = '0.93.0';

export const programNames = ['toxiproxy', 'rabbitmq', 'kafka', 'ghz'] as const;
export type ProgramName = (typeof programNames)[number];

export interface Program {
  readonly name: ProgramName;
  readonly title: string;
  readonly version: string;
  /** Path to start it with; null when it is not here. */
  find(): Promise<string | null>;
  /** Programs that installing it takes. */
  readonly needs: readonly string[];
  /** What a person would type. */
  readonly commands: readonly string[];
  /** Roughly, so that nobody waits in the dark. */
  readonly cost: string;
  install(runCommand: RunCommand): Promise<void>;
}

function goProgram(
  name: 'toxiproxy' | 'ghz',
  title: string,
  version: string,
  module: string,
  built: string,
  cost: string,
): Program {
  const directory = cacheDirectory(name, version);
  const binary = join(directory, name);
  const flags = name === 'toxiproxy' ? [`-ldflags=-X github.com/Shopify/toxiproxy/v2.Version=${version}`] : [];
  const shown = ['go', 'install', ...flags.map((flag) => `'${flag}'`), `${module}@v${version}`].join(' ');
  return {
    name,
    title,
    version,
    find: async () => (existsSync(binary) ? binary : onPath(name === 'toxiproxy' ? 'toxiproxy-server' : name)),
    needs: ['go'],
    commands: [`GOBIN=${directory} ${shown}${built === name ? '' : ` && mv ${join(directory, built)} ${binary}`}`],
    cost,
    install: (runCommand) =>
      installInto(directory, async (temporary) => {
        await runCommand('go', ['install', ...flags, `${module}@v${version}`], { GOBIN: temporary });
        if (built !== name) await runCommand('mv', [join(temporary, built), join(temporary, name)]);
      }),
  };
}

const pom = join(import.meta.dirname, 'native', 'kafka-pom.xml');
const kafkaJars = cacheDirectory('kafka', kafkaVersion);

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

const rabbitmq: Program = {
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

const kafka: Program = {
  name: 'kafka',
  title: 'Kafka',
  version: kafkaVersion,
  find: async () =>
    existsSync(join(kafkaJars, `kafka_2.13-${kafkaVersion}.jar`)) && onPath('java') !== null ? kafkaJars : null,
  needs: ['java', 'mvn'],
  commands: [`mvn -B -f ${pom} dependency:copy-dependencies -DoutputDirectory=${kafkaJars}`],
  cost: '54 MB, about 10 s',
  install: (runCommand) =>
    installInto(kafkaJars, (temporary) =>
      runCommand('mvn', ['-B', '-q', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${temporary}`]),
    ),
};

export const programs = {
  toxiproxy: goProgram(
    'toxiproxy',
    'Toxiproxy',
    toxiproxyVersion,
    'github.com/Shopify/toxiproxy/v2/cmd/server',
    'server',
    '16 MB, about 25 s',
  ),
  rabbitmq,
  kafka,
  ghz: goProgram('ghz', 'ghz', ghzVersion, 'github.com/bojand/ghz/cmd/ghz', 'ghz', '20 MB, about 20 s'),
} as const satisfies Record<ProgramName, Program>;

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
