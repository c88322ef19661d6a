/** Checks of a target's batching: who can gather, and whose service knows what to do with it. */
import type { CheckContext, FileTarget } from './check-context.ts';
import type { Path } from './problem.ts';

/** Whose code would write each request by itself. */
const unbatched = { rest: 'undici', grpc: 'grpc-js' } as const;

export function checkBatch({ report }: CheckContext, target: FileTarget, path: Path): void {
  if (!('batch' in target) || target.batch === undefined || target.batch.maxMessages === 1) return;
  const key = [...path, 'batch'];
  if (target.address !== undefined) {
    const message = 'is for our reference service; a request of your own system may hold several things by itself';
    report({ path: key, message, atKey: true });
  }
  if (target.engine !== 'native') {
    report({ path: key, message: `is for the native engine; ${target.engine} sends one by one`, atKey: true });
  }
  const other = target.protocol === 'rest' || target.protocol === 'grpc' ? unbatched[target.protocol] : null;
  if (other !== null && 'client' in target && target.client === other) {
    report({ path: key, message: `is for client: own; with ${other} each operation is a request`, atKey: true });
  }
}
