/** Checks of a target's batching: who can gather, and whose service knows what to do with it. */
import type { CheckContext, FileTarget } from './check-context.ts';
import { queueDefaults, streamDefaults } from './client-settings.ts';
import type { Path } from './problem.ts';

/** Whose code would write each request by itself. */
const unbatched = { rest: 'undici', grpc: 'grpc-js' } as const;

/** Messages on streams that stay: of our client and service alone, each by itself. */
export function checkStreams({ report }: CheckContext, target: FileTarget, path: Path): void {
  if (target.protocol !== 'grpc' || target.calls !== 'stream') return;
  const refuse = (message: string) => report({ path: [...path, 'calls'], message, atKey: true });
  if (target.address !== undefined) {
    refuse('stream is for our reference service; of your own system, methods with a single answer can be called');
  }
  if (target.engine !== 'native') refuse(`stream is for the native engine; ${target.engine} makes unary calls`);
  if (target.client !== 'own') refuse(`stream is for client: own; ${target.client} makes unary calls`);
  if ((target.batch?.maxMessages ?? 1) > 1) {
    refuse('stream sends each operation as a message of its own, batch several in one: leave one of them out');
  }
}

export function checkBatch(context: CheckContext, target: FileTarget, path: Path): void {
  if (target.protocol === 'queue') checkQueue(context, target, path);
  else if (target.protocol === 'stream') checkStream(context, target, path);
  else checkCalls(context, target, path);
}

function checkQueue({ report }: CheckContext, target: Extract<FileTarget, { protocol: 'queue' }>, path: Path): void {
  const usual = queueDefaults(target);
  const { ackBatch, ack, prefetch = usual.prefetch, confirms = usual.confirms, confirmWindow, address } = target;
  if (confirmWindow !== undefined && !confirms) {
    const message = 'bounds what is not yet confirmed; with confirms: false nothing is';
    report({ path: [...path, 'confirmWindow'], message, atKey: true });
  }
  if (ackBatch === undefined) return;
  const key = [...path, 'ackBatch'];
  if (address !== undefined) {
    report({ path: key, message: 'is for our reference service; your own system settles it for itself', atKey: true });
  } else if (ack === 'auto') {
    report({ path: key, message: 'gathers acknowledgements; with ack: auto there are none', atKey: true });
  } else if (ackBatch.every > prefetch) {
    const message = `${ackBatch.every} never come together: prefetch lets ${prefetch} be unacknowledged`;
    report({ path: [...key, 'every'], message });
  }
}

function checkStream(
  { has, report }: CheckContext,
  target: Extract<FileTarget, { protocol: 'stream' }>,
  path: Path,
): void {
  const { batch, linger, idempotent = streamDefaults(target).idempotent, maxInFlight } = target;
  if (has([...path, 'batch', 'linger']) && has([...path, 'linger']) && linger !== batch?.linger) {
    const message = `is another one than linger (${linger}ms): leave one of them out`;
    report({ path: [...path, 'batch', 'linger'], message, atKey: true });
  }
  if (idempotent && maxInFlight !== undefined && maxInFlight > 1) {
    const message = 'must be 1 with idempotent: a batch sent again behind another would be out of sequence';
    report({ path: [...path, 'maxInFlight'], message });
  }
}

/** Calls whose batch is a request of its own kind. */
function checkCalls({ report }: CheckContext, target: FileTarget, path: Path): void {
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
