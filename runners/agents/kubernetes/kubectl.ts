/** kubectl as the user has it: with their clusters, and whatever logs them in there. */
import { spawn } from 'node:child_process';
import { BenchError, exitCodes } from '../../../result/bench-error.ts';
import { onPath } from '../../../targets/process/on-path.ts';

export interface KubectlCall {
  /** To its standard input. */
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** Resolves with what it printed. Rejects with a BenchError (exit 3) that tells what it complained of. */
export type Kubectl = (args: readonly string[], call?: KubectlCall) => Promise<string>;

const usualTimeoutMs = 30_000;
/** Of its complaint: the rest is a stack of its own. */
const mostSaid = 600;

/** In a namespace; undefined: the current one of the user's configuration. Throws a BenchError (exit 3) without a kubectl. */
export function kubectlOf(namespace: string | undefined): Kubectl {
  const path = onPath('kubectl');
  if (path === null) {
    throw new BenchError('noKubectl', 'There is no kubectl on the PATH', {
      hint: 'Install it, and let it reach the cluster: kubectl auth can-i create jobs. Or apply what `bench agents manifest` prints.',
      exitCode: exitCodes.stack,
    });
  }
  const where = namespace === undefined ? [] : ['--namespace', namespace];
  return (args, call = {}) => run(path, [...where, ...args], call);
}

function run(path: string, args: readonly string[], { input = '', timeoutMs = usualTimeoutMs }: KubectlCall) {
  return new Promise<string>((resolve, reject) => {
    const child = spawn(path, args, { stdio: 'pipe', timeout: timeoutMs, killSignal: 'SIGKILL' });
    const [said, complained]: Buffer[][] = [[], []];
    child.stdout.on('data', (piece: Buffer) => said?.push(piece));
    child.stderr.on('data', (piece: Buffer) => complained?.push(piece));
    child.stdin.on('error', () => undefined); // it may end before it has read all
    child.on('error', (cause) => reject(refused(args, cause.message)));
    child.on('close', (code, killedBy) => {
      if (code === 0) resolve(Buffer.concat(said ?? []).toString('utf8'));
      else if (killedBy !== null) reject(refused(args, `it did not answer within ${timeoutMs / 1e3} s`));
      else reject(refused(args, Buffer.concat(complained ?? []).toString('utf8')));
    });
    child.stdin.end(input);
  });
}

function refused(args: readonly string[], why: string): BenchError {
  const text = why.trim();
  const shown = text.length > mostSaid ? `${text.slice(0, mostSaid)}…` : text;
  return new BenchError('kubectl', `kubectl ${args.join(' ')}: ${shown}`, {
    hint: 'What the run needs of the cluster is listed in docs/scale-out.md, with the rights for it.',
    exitCode: exitCodes.stack,
  });
}
