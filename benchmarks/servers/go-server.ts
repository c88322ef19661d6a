/** A server that is one Go program, told its port on the command line. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../targets/process/free-port.ts';
import { startProcess } from '../../targets/process/supervised-process.ts';
import { type RunningServer, untilListening } from './running-server.ts';

export interface GoServer {
  readonly name: string;
  readonly program: string;
  args(port: number): readonly string[];
}

export async function startGoServer({ name, program, args }: GoServer, signal: AbortSignal): Promise<RunningServer> {
  const directory = await mkdtemp(join(os.tmpdir(), 'wirebench-server-'));
  const port = await freePort();
  const child = await startProcess({ name, command: program, args: args(port), logPath: join(directory, 'log') });
  const stop = async () => {
    await child.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await untilListening(child, port, signal);
    return { address: `127.0.0.1:${port}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
