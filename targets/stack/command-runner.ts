/** Runs the commands of an installation: shown before they run, their last words kept, ended gently. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { onPath } from '../process/on-path.ts';

/** Rejects with the last lines of its output when it fails, or ends because the signal came. */
export type RunCommand = (
  command: string,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
) => Promise<void>;

const keptLines = 12;

export function commandRunner(log: (line: string) => void, signal: AbortSignal): RunCommand {
  return (command, args, env = {}) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const words = [...Object.entries(env).map(([key, value]) => `${key}=${value}`), command, ...args];
      log(`$ ${words.map((word) => (/\s/.test(word) ? `'${word}'` : word)).join(' ')}`);
      // SIGINT, also when this process is killed: apt finishes the package it has begun, anything harder breaks dpkg.
      const setpriv = onPath('setpriv');
      const [file, ...rest] = setpriv === null ? [command, ...args] : [setpriv, '--pdeathsig', 'INT', command, ...args];
      const child = spawn(file, rest, {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      const tail: string[] = [];
      const abort = () => void child.kill('SIGINT');
      signal.addEventListener('abort', abort, { once: true });
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          tail.push(line);
          if (tail.length > keptLines) tail.shift();
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
