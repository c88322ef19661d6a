/** Gets what is missing, after asking; where nobody can be asked, says exactly how. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { takeHostLock } from '../process/host-lock.ts';
import { onPath } from '../process/on-path.ts';
import { commandRunner } from './command-runner.ts';
import type { Program, ProgramName } from './program.ts';
import { programs } from './programs.ts';

export interface MissingPart {
  readonly name: ProgramName;
  readonly title: string;
  readonly commands: readonly string[];
  readonly cost: string;
  /** Tools without which it can't be installed either. */
  readonly missingTools: readonly string[];
}

export interface InstallOptions {
  /** Resolves to whether the parts may be installed. */
  readonly confirm: (missing: readonly MissingPart[]) => Promise<boolean>;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export async function findMissing(names: readonly ProgramName[]): Promise<MissingPart[]> {
  const missing: MissingPart[] = [];
  for (const name of names) {
    const program: Program = programs[name];
    if ((await program.find()) !== null) continue;
    const missingTools = program.needs.filter((tool) => onPath(tool) === null);
    missing.push({ name, title: program.title, commands: program.commands, cost: program.cost, missingTools });
  }
  return missing;
}

/**
 * Resolves with the path of each program. Rejects with a BenchError (exit 3) that lists the commands when something is
 * missing and may not, or cannot, be installed.
 */
export async function ensurePrograms<Name extends ProgramName>(
  names: readonly Name[],
  options: InstallOptions,
): Promise<Record<Name, string>> {
  const missing = await findMissing(names);
  if (missing.length > 0) {
    const impossible = missing.filter(({ missingTools }) => missingTools.length > 0);
    if (impossible.length > 0) throw cannotInstall(impossible);
    if (!(await options.confirm(missing))) throw notInstalled(missing);
    await installAll(
      missing.map(({ name }) => programs[name]),
      options,
    );
  }
  const paths = {} as Record<Name, string>;
  for (const name of names) {
    const path = await programs[name].find();
    if (path === null) throw notInstalled(await findMissing(names));
    paths[name] = path;
  }
  return paths;
}

/** All at once, but one run at a time: another that needs the same waits and then has it. */
async function installAll(missing: readonly Program[], { log, signal }: InstallOptions): Promise<void> {
  const lock = await takeHostLock(`install-${process.getuid?.() ?? 'user'}`, signal, () =>
    log('another run is installing; waiting for it'),
  );
  try {
    const ends = await Promise.allSettled(missing.map((program) => install(program, log, signal)));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } finally {
    await lock.release();
  }
}

async function install(program: Program, log: (line: string) => void, signal: AbortSignal): Promise<void> {
  if ((await program.find()) !== null) return; // by the run that was waited for
  log(`installing ${program.title} (${program.cost})`);
  try {
    await program.install(commandRunner(log, signal));
  } catch (cause) {
    signal.throwIfAborted();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BenchError('installFailed', `${program.title} could not be installed: ${why}`, {
      hint: `Try it by hand:\n${program.commands.map((command) => `  ${command}`).join('\n')}`,
      exitCode: exitCodes.stack,
      cause,
    });
  }
  log(`installed ${program.title}`);
}

function notInstalled(missing: readonly MissingPart[]): BenchError {
  const lines = missing.flatMap(({ title, commands, cost }) => [
    `${title} (${cost}):`,
    ...commands.map((command) => `  ${command}`),
  ]);
  return new BenchError('missingParts', `Missing: ${missing.map(({ title }) => title).join(', ')}`, {
    hint: `Run again with --yes to have it installed, leave those targets out with --target, or install it yourself:\n${lines.join('\n')}`,
    exitCode: exitCodes.stack,
  });
}

function cannotInstall(missing: readonly MissingPart[]): BenchError {
  const lines = missing.map(
    ({ title, missingTools }) => `${title} needs ${missingTools.join(' and ')}, which is not on PATH.`,
  );
  const commands = missing.flatMap((part) => part.commands.map((command) => `  ${command}`));
  return new BenchError('missingTools', lines.join(' '), {
    hint: `Install ${[...new Set(missing.flatMap(({ missingTools }) => missingTools))].join(', ')} first; then:\n${commands.join('\n')}\nOr leave those targets out with --target.`,
    exitCode: exitCodes.stack,
  });
}
