/** The peers and their servers: where each is, and how the benchmark gets it. Installed without asking, shown as it is done. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { takeHostLock } from '../../targets/process/host-lock.ts';
import { onPath } from '../../targets/process/on-path.ts';
import { commandRunner, type RunCommand } from '../../targets/stack/command-runner.ts';
import { cacheDirectory, installInto } from '../../targets/stack/stack-cache.ts';

export interface PeerProgram {
  readonly name: string;
  /** As printed in the results. */
  readonly version: string;
  /** Path to start it with; null when it is not here. */
  find(): string | null;
  install(run: RunCommand): Promise<void>;
}

const peerDirectory = (name: string, version: string) => cacheDirectory(join('peers', name), version);

function goProgram(name: string, module: string, version: string, built = name): PeerProgram {
  const binary = join(peerDirectory(name, version), built);
  return {
    name,
    version,
    find: () => (existsSync(binary) ? binary : null),
    install: (run) =>
      installInto(peerDirectory(name, version), (temporary) =>
        run('go', ['install', `${module}@v${version}`], { GOBIN: temporary }),
      ),
  };
}

/** Debian keeps daemons in /usr/sbin, which is not on every PATH. */
function aptProgram(name: string, aptPackage: string): PeerProgram {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  return {
    name,
    version: 'of the distribution',
    find: () => onPath(name) ?? ['/usr/sbin', '/sbin'].map((folder) => join(folder, name)).find(existsSync) ?? null,
    async install(run) {
      const apt = (...args: string[]) => {
        // RUNLEVEL=1: or the package would start a server of its own.
        const [command = '', ...rest] = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', ...args];
        return run(command, rest);
      };
      await apt('apt-get', 'update', '-q').catch(() => undefined); // one source out of reach need not be the one
      await apt('apt-get', 'install', '-y', '-q', '--no-install-recommends', aptPackage);
    },
  };
}

/** A source folder of ours that is built on a library of others; built again when a source changes. */
function builtHere(
  name: string,
  version: string,
  source: string,
  artefact: string,
  build: (run: RunCommand, folder: string) => Promise<void>,
): PeerProgram {
  const hash = createHash('sha256');
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    if (entry.isFile()) hash.update(entry.name).update(readFileSync(join(entry.parentPath, entry.name)));
  }
  const directory = peerDirectory(name, hash.digest('hex').slice(0, 12));
  const path = join(directory, artefact);
  return {
    name,
    version,
    find: () => (existsSync(path) ? path : null),
    install: (run) =>
      installInto(directory, async (temporary) => {
        await cp(source, temporary, { recursive: true });
        await build(run, temporary);
      }),
  };
}

/** A folder in benchmarks/servers with a Go program, `version` being that of what it is built on. */
function goServer(name: string, version: string): PeerProgram {
  return builtHere(name, version, join(import.meta.dirname, '..', 'servers', name), name, (run, folder) =>
    run('go', ['build', '-C', folder, '-o', join(folder, name), '.']),
  );
}

export const peerPrograms = {
  nginx: aptProgram('nginx', 'nginx'),
  wrk: aptProgram('wrk', 'wrk'),
  h2load: aptProgram('h2load', 'nghttp2-client'),
  k6: goProgram('k6', 'go.k6.io/k6', '1.8.1'),
  vegeta: goProgram('vegeta', 'github.com/tsenart/vegeta/v12', '12.13.0'),
  ghz: goProgram('ghz', 'github.com/bojand/ghz/cmd/ghz', '0.120.0'),
  interopServer: goServer('grpc-interop', 'grpc 1.85.0'),
  echoServer: goServer('websocket-echo', 'gorilla/websocket 1.5.3'),
  javaQueueClient: builtHere(
    'rabbitmq-java-client',
    'amqp-client 5.26.0',
    join(import.meta.dirname, 'rabbitmq-java-client'),
    join('target', 'lib'),
    (run, folder) => run('mvn', ['-B', '-q', '-f', join(folder, 'pom.xml'), 'package']),
  ),
} as const satisfies Record<string, PeerProgram>;

export type PeerName = keyof typeof peerPrograms;

/** Paths of the named programs; what is missing is installed first. Rejects with a BenchError (exit 3) when one can't be had. */
export async function ensurePeers<Name extends PeerName>(
  names: readonly Name[],
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<Record<Name, string>> {
  const missing = names.filter((name) => peerPrograms[name].find() === null);
  if (missing.length > 0) {
    const lock = await takeHostLock(`install-${process.getuid?.() ?? 'user'}`, signal, () =>
      log('another run is installing; waiting for it'),
    );
    try {
      for (const name of missing) await install(peerPrograms[name], log, signal);
    } finally {
      await lock.release();
    }
  }
  const paths = {} as Record<Name, string>;
  for (const name of names) paths[name] = peerPrograms[name].find() ?? '';
  return paths;
}

async function install(program: PeerProgram, log: (line: string) => void, signal: AbortSignal): Promise<void> {
  if (program.find() !== null) return; // by the run that was waited for
  log(`installing ${program.name} ${program.version}`);
  try {
    await program.install(commandRunner(log, signal));
  } catch (cause) {
    signal.throwIfAborted();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BenchError('peerInstall', `${program.name} could not be installed: ${why}`, {
      exitCode: exitCodes.stack,
      cause,
    });
  }
  if (program.find() === null) {
    throw new BenchError('peerInstall', `${program.name} is not where its installation should have put it`, {
      exitCode: exitCodes.stack,
    });
  }
}
