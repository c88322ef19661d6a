/** Gets what is missing, after asking; where nobody can be asked, says exactly how. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { onPath, type Program, type ProgramName, programs, type RunCommand } from './programs.ts';

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
    for (const { name } of missing) await install(programs[name], options);
  }
  const paths = {} as Record<Name, string>;
  for (const name of names) {
    const path = await programs[name].find();
    if (path === null) throw notInstalled(await findMissing(names));
    paths[name] = path;
  }
  return paths;
}

async function install(program: Program, { log, signal }: InstallOptions): Promise<void> {
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

function commandRunner(log: (line: string) => void, signal: AbortSignal): RunCommand {
  return (command, args, env = {}) =>
    new Promise((resolve, reject) => {
      log(`$ ${[...Object.entries(env).map(([key, value]) => `${key}=${value}`), command, ...args].join(' ')}`);
      const child = spawn(command, args, {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      const tail: string[] = [];
      const abort = () => {
        try {
          if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
        } catch {
          // It has just ended.
        }
      };
      signal.addEventListener('abort', abort, { once: true });
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          tail.push(line);
          if (tail.length > 12) tail.shift();
        });
      }
      child.once('error', reject);
      child.once('close', (code, killed) => {
        signal.removeEventListener('abort', abort);
        if (code === 0) resolve();
        else reject(new Error(`${command} ended with ${killed ?? `code ${code}`}\n${tail.join('\n')}`));
      });
    });
}

function notInstalled(missing: readonly MissingPart[]): BenchError {
  const lines = missing.flatMap(({ title, commands, cost }) => [
    `${title} (${cost}):`,
    ...commands.map((command) => `  ${command}`),
  ]);
  return new BenchError('missingParts', `Missing: ${missing.map(({ title }) => title).join(', ')}`, {
    hint: `Run again with --yes to have it installed, or install it yourself:\n${lines.join('\n')}`,
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
