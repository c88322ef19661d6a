/** The reader's own service, started for a stretch of a comparison by a command of theirs. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { type SupervisedProcess, startProcess } from '../../targets/process/supervised-process.ts';

const readyWithinMs = 30_000;
const pollMs = 50;
const connectMs = 1_000;
const logLines = 5;

/**
 * By `sh`, in a process group of its own. Resolves once all addresses (`host:port`) take connections. Rejects with a
 * BenchError (`serviceNotStarted`, exit 3) when it ends, or is not ready within 30 s, or another listens there already.
 */
export async function startService(
  command: string,
  addresses: readonly string[],
  directory: string,
  signal: AbortSignal,
): Promise<SupervisedProcess> {
  const taken = await firstOf(addresses, true);
  if (taken !== null) throw failure(command, `something else listens at ${taken} already`, '', portHint);
  const logPath = join(directory, 'service.log');
  const service = await startProcess({ name: 'service', command: '/bin/sh', args: ['-c', command], logPath });
  try {
    for (const end = Date.now() + readyWithinMs; ; await sleep(pollMs)) {
      signal.throwIfAborted();
      if (service.exit !== null) throw failure(command, `it ended (${endText(service.exit)})`, logPath);
      const missing = await firstOf(addresses, false);
      if (missing === null) return service;
      if (Date.now() > end) throw failure(command, `nothing takes connections at ${missing} after 30 s`, logPath);
    }
  } catch (error) {
    await service.kill();
    throw error;
  }
}

/** Gone with its group, and nothing takes connections at its addresses any more. */
export async function stopService(service: SupervisedProcess, addresses: readonly string[]): Promise<void> {
  await service.stop();
  for (const end = Date.now() + readyWithinMs; Date.now() < end; await sleep(pollMs)) {
    if ((await firstOf(addresses, true)) === null) return;
  }
}

export function endText({ code, signal }: NonNullable<SupervisedProcess['exit']>): string {
  return signal === null ? `exit code ${code}` : signal;
}

const commandHint = 'The command must stay in the foreground and listen at the address of the scenario’s targets.';
const portHint = 'End what listens there, or give the scenario’s targets and the command another port.';

function failure(command: string, why: string, logPath: string, hint = commandHint): BenchError {
  const lines = logPath === '' ? [] : readLog(logPath);
  return new BenchError(
    'serviceNotStarted',
    [`The service did not start by \`${command}\`: ${why}`, ...lines].join('\n'),
    { hint, exitCode: exitCodes.stack },
  );
}

function readLog(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-logLines);
  } catch {
    return [];
  }
}

/** The first that takes connections, or does not; null: none. */
async function firstOf(addresses: readonly string[], isListening: boolean): Promise<string | null> {
  for (const address of addresses) if ((await listens(address)) === isListening) return address;
  return null;
}

function listens(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`tcp://${address}`);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port), timeout: connectMs });
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false));
  });
}
