/** Starts the canaries’ echo for a trial. */

import { beside } from '../../result/beside.ts';
import { type SupervisedProcess, startProcess } from '../../targets/process/supervised-process.ts';
import type { EchoReport } from './canary-wire.ts';

export interface CanaryEcho {
  /** On loopback. */
  readonly port: number;
  readonly process: SupervisedProcess;
}

const startDeadlineMs = 10_000;
const stopGraceMs = 300;

/** null: it could not be started, or did not listen in time; a trial goes on without canaries then, its error not known. */
export async function startCanaryEcho(logPath: string): Promise<CanaryEcho | null> {
  const args = [beside(import.meta.url, 'canary-echo')];
  const options = { name: 'canary echo', command: process.execPath, args, logPath, ipc: true };
  const child = await startProcess(options).catch(() => null);
  if (child === null) return null;
  const port = await whenListening(child);
  if (port !== null) return { port, process: child };
  await child.stop(stopGraceMs);
  return null;
}

function whenListening(child: SupervisedProcess): Promise<number | null> {
  return new Promise((resolve) => {
    const end = (port: number | null) => {
      clearTimeout(timer);
      forget.forEach((one) => void one());
      resolve(port);
    };
    const timer = setTimeout(() => end(null), startDeadlineMs);
    const forget = [
      child.onExit(() => end(null)),
      child.onMessage((message) => {
        const report = message as EchoReport;
        if (report.type === 'listening') end(report.port);
      }),
    ];
  });
}
