/** Starts one part and waits until a real round trip works; on failure nothing is left and its log is shown. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError, exitCodes } from '../../../result/bench-error.ts';
import {
  type SupervisedProcess,
  type SupervisedProcessOptions,
  startProcess,
} from '../../process/supervised-process.ts';

const pollMs = 100;

export interface StartPartOptions extends SupervisedProcessOptions {
  readonly startDeadlineMs: number;
  /** One attempt at a round trip; rejects while the part is not ready. */
  readonly probe: (signal: AbortSignal) => Promise<void>;
}

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
export async function whenReady(
  child: SupervisedProcess,
  { name, startDeadlineMs, probe }: Pick<StartPartOptions, 'name' | 'startDeadlineMs' | 'probe'>,
  signal: AbortSignal,
): Promise<void> {
  const deadline = AbortSignal.timeout(startDeadlineMs);
  const bound = AbortSignal.any([signal, deadline]);
  let last: unknown;
  for (;;) {
    signal.throwIfAborted();
    if (child.exit !== null) {
      throw notReady(
        child,
        `${name} ended with ${child.exit.signal ?? `code ${child.exit.code}`} before it was ready`,
        last,
      );
    }
    if (deadline.aborted) throw notReady(child, `${name} was not ready within ${startDeadlineMs / 1e3} s`, last);
    try {
      await probe(bound);
      return;
    } catch (error) {
      last = error;
    }
    await sleep(pollMs, undefined, { signal: bound }).catch(() => undefined);
  }
}

function notReady(child: SupervisedProcess, message: string, cause: unknown): BenchError {
  const tail = child.logTail();
  const hint = `${tail === '' ? 'Its log is empty' : `The end of its log:\n${tail}`}\nThe whole log: ${child.logPath}`;
  return new BenchError('partNotReady', message, { hint, exitCode: exitCodes.stack, cause });
}
