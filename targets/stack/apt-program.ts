/** A program that the distribution has a package of. */
import { onPath } from '../process/on-path.ts';
import type { Program, ProgramName } from './program.ts';

/** Only root installs packages; anybody else by sudo, without being asked for a password in the middle. */
const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
const aptUpdate = [...asRoot, 'apt-get', 'update', '-q'];

export interface AptPackage {
  readonly name: ProgramName;
  readonly title: string;
  readonly package: string;
  /** What it is started as. */
  readonly binary: string;
  readonly cost: string;
}

function aptInstallCommand(packageName: string): string[] {
  return [
    ...asRoot,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'RUNLEVEL=1', // packages of servers start one of their own otherwise, on the default port
    'apt-get',
    'install',
    '-y',
    '-q',
    '--no-install-recommends',
    '-o',
    'DPkg::Lock::Timeout=300',
    packageName,
  ];
}

/** `find` left out: the binary on PATH, or where packages put what only root calls. */
export function aptProgram(wanted: AptPackage, find?: () => Promise<string | null>): Program {
  const install = aptInstallCommand(wanted.package);
  return {
    name: wanted.name,
    title: wanted.title,
    version: 'of the distribution',
    find: find ?? (async () => onPath(wanted.binary) ?? onPath(wanted.binary, '/usr/sbin')),
    needs: ['apt-get', ...asRoot.slice(0, 1)],
    commands: [aptUpdate.join(' '), install.join(' ')],
    cost: wanted.cost,
    async install(runCommand) {
      const runAll = ([command = '', ...args]: readonly string[]) => runCommand(command, args);
      // A source of the machine that cannot be reached just now need not be the one that has the package.
      await runAll(aptUpdate).catch(() => undefined);
      await runAll(install);
    },
  };
}
