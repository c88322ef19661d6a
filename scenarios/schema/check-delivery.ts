/** Checks of a target's delivery settings: those of our service mean nothing to another one. */
import type { CheckContext, FileTarget } from './check-context.ts';
import type { Path } from './problem.ts';

const ofOurService = { queue: 'ack', stream: 'commit' } as const;

export function checkDelivery({ has, report }: CheckContext, target: FileTarget, path: Path): void {
  if (target.protocol !== 'queue' && target.protocol !== 'stream') return;
  const key = ofOurService[target.protocol];
  if (target.address !== undefined && has([...path, key])) {
    const message = 'is for our reference service; your own system settles it for itself';
    report({ path: [...path, key], message, atKey: true });
  }
  if (target.protocol === 'queue' && target.ack === 'auto' && has([...path, 'prefetch'])) {
    const message = 'bounds what is not yet acknowledged; with ack: auto nothing is';
    report({ path: [...path, 'prefetch'], message, atKey: true });
  }
}
