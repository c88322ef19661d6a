/** Checks of a target's payload codec: it is our service's, and batches are JSON. */
import type { CheckContext, FileTarget } from './check-context.ts';
import type { Path } from './problem.ts';

export function checkCodec({ has, report }: CheckContext, target: FileTarget, path: Path): void {
  const key = [...path, 'codec'];
  if (!('codec' in target) || !has(key)) return;
  if (target.address !== undefined) {
    const message = 'is for our reference service; what your own system gets stands in its requests';
    report({ path: key, message, atKey: true });
  }
  if (target.codec === 'json') return;
  if (target.engine !== 'native') {
    report({ path: key, message: `is for the native engine; ${target.engine} sends JSON`, atKey: true });
  }
  if ('batch' in target && (target.batch?.maxMessages ?? 1) > 1) {
    report({ path: key, message: `cannot be ${target.codec} beside batch: batches are JSON`, atKey: true });
  }
}
