/** A server that the tools of one comparison share, and that knows nothing of them. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { SupervisedProcess } from '../../targets/process/supervised-process.ts';

export interface RunningServer {
  /** `host:port` */
  readonly address: string;
  /** Stops it and removes its files. */
  stop(): Promise<void>;
}

const startDeadlineMs = 15_000;
const pollMs = 50;

export async function untilListening(child: SupervisedProcess, port: number, signal: AbortSignal): Promise<void> {
  for (let waitedMs = 0; waitedMs < startDeadlineMs; waitedMs += pollMs) {
    signal.throwIfAborted();
    if (child.exit !== null) break;
    if (await accepts(port)) return;
    await sleep(pollMs, undefined, { signal });
  }
  throw new BenchError('benchmarkServer', `${child.name} did not come up on port ${port}`, {
    hint: `The end of its log:\n${child.logTail()}`,
    exitCode: exitCodes.stack,
  });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
