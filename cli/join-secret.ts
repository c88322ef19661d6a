/** The file that lets a host join a run: its token, and the certificate that its bus shows. */
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import type { BusLogin } from '../runners/agents/bus.ts';

export interface JoinSecret {
  readonly token: string;
  /** PEM; null: whom the system trusts. */
  readonly ca: string | null;
}

/** Options, by name. */
export interface NatsFiles {
  readonly natsCreds?: string | undefined;
  readonly natsCa?: string | undefined;
}

/** Readable by its owner alone, whoever could read what was there before. Throws a BenchError (exit 6). */
export function writeJoinSecret(path: string, { token, ca }: JoinSecret): void {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) chmodSync(path, 0o600);
    writeFileSync(path, `${token}\n${ca ?? ''}`, { mode: 0o600 });
  } catch (cause) {
    throw new BenchError('notWritten', `The token cannot be written to ${path}: ${(cause as Error).message}`, {
      hint: 'Name another file with --token-file.',
      exitCode: exitCodes.notWritten,
      cause,
    });
  }
}

/** Throws a BenchError (exit 2). */
export function readJoinSecret(path: string): JoinSecret {
  const text = readSecretFile('--token-file', path).toString('utf8');
  const [token = '', ...rest] = text.split('\n');
  const ca = rest.join('\n').trim();
  if (/^[\w-]{16,}$/.test(token.trim())) return { token: token.trim(), ca: ca === '' ? null : `${ca}\n` };
  throw new BenchError('noToken', `${path} does not begin with a token`, {
    hint: 'Take the file that `bench run … --agents N` has written for this run.',
    exitCode: exitCodes.usage,
  });
}

/** What leads to a NATS of the user's own. Throws a BenchError (exit 2) that names the option. */
export function readNatsFiles({ natsCreds, natsCa }: NatsFiles): {
  readonly login: BusLogin;
  readonly ca: string | null;
} {
  return {
    login: natsCreds === undefined ? null : { creds: readSecretFile('--nats-creds', natsCreds) },
    ca: natsCa === undefined ? null : readSecretFile('--nats-ca', natsCa).toString('utf8'),
  };
}

/** Throws a BenchError (exit 2) that names the option. */
function readSecretFile(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new BenchError('commandLine', `${option}: ${path} cannot be read: ${(cause as Error).message}`, {
      exitCode: exitCodes.usage,
      cause,
    });
  }
}
