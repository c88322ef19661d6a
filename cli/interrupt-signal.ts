/** Ctrl-C and a polite kill end a run with what it has; asked twice, it ends at once. */
import { exitCodes } from '../result/bench-error.ts';

/** Aborted at the first SIGINT, SIGTERM or SIGHUP. At the second the process exits; its children end with it. */
export function interruptSignal(note: (line: string) => void): AbortSignal {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    note(`${signal}: ending the run with what it has; once more ends it at once`);
    controller.abort(new InterruptedError());
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return controller.signal;
}

class InterruptedError extends Error {
  constructor() {
    super('interrupted');
    this.name = 'InterruptedError';
  }
}
