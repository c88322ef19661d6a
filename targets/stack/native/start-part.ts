/** Starts one part and waits until a real round trip works; on failure nothing is left and its log is shown. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError, exitCodes } from '../../../result/bench-error.ts';
import {
  type SupervisedProcess,
  type SupervisedProcessOptions,
  startProcess,
} from '../../process/supervised-process.ts';
import { unlessAborted } from '../../process/unless-aborted.ts';

const pollMs = 100;

export interface StartPartOptions extends SupervisedProcessOptions {
  readonly startDeadlineMs: number;
  /** One attempt at a round trip; rejects while the part is not ready. Given up when the part ends or time is up. */
  readonly probe: () => Promise<void>;
}

/** What every native part is given. */
export interface PartContext {
  /** For data and logs. */
  readonly directory: string;
  /** Aborted: the part is killed and the start rejects. */
  readonly signal: AbortSignal;
  readonly onSpawn: (pid: number) => void;
}

/** Rejects with a BenchError (exit 3), or with the signal's reason. */
export async function startPart(options: StartPartOptions, signal: AbortSignal): Promise<SupervisedProcess> {
  signal.throwIfAborted();
  const child = await startProcess(options);
  try {
    await whenReady(child, options, signal);
    return child;
  } catch (error) {
    await child.kill();
    throw error;
  }
}

/** Also after a restart. */
async function whenReady(
  child: SupervisedProcess,
  { name, startDeadlineMs, probe }: Pick<StartPartOptions, 'name' | 'startDeadlineMs' | 'probe'>,
  signal: AbortSignal,
): Promise<void> {
  const deadline = AbortSignal.timeout(startDeadlineMs);
  const end = new AbortController();
  const unsubscribe = child.onExit(() => end.abort());
  const bound = AbortSignal.any([signal, deadline, end.signal]);
  let last: unknown;
  try {
    for (;;) {
      signal.throwIfAborted();
      if (child.exit !== null) {
        const how = child.exit.signal ?? `code ${child.exit.code}`;
        throw notReady(child, `${name} ended with ${how} before it was ready`, last);
      }
      if (deadline.aborted) throw notReady(child, `${name} was not ready within ${startDeadlineMs / 1e3} s`, last);
      try {
        return await unlessAborted(probe(), bound);
      } catch (error) {
        last = error;
      }
      await sleep(pollMs, undefined, { signal: bound }).catch(() => undefined);
    }
  } finally {
    unsubscribe();
  }
}

function notReady(child: SupervisedProcess, message: string, cause: unknown): BenchError {
  const tail = child.logTail();
  const hint = `${tail === '' ? 'Its log is empty' : `The end of its log:\n${tail}`}\nThe whole log: ${child.logPath}`;
  return new BenchError('partNotReady', message, { hint, exitCode: exitCodes.stack, cause });
}
