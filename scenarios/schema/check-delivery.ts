/** Checks of a target's delivery settings: those of our service mean nothing to another one. */
import type { CheckContext, FileTarget } from './check-context.ts';
import type { Path } from './problem.ts';

const ofOurService = { queue: 'ack', stream: 'commit' } as const;

export function checkDelivery({ has, report }: CheckContext, target: FileTarget, path: Path): void {
  if (target.protocol !== 'queue' && target.protocol !== 'stream') return;
  if (target.protocol === 'stream' && target.idempotent) checkIdempotent(report, target, path);
  const key = ofOurService[target.protocol];
  if (target.address !== undefined && has([...path, key])) {
    const message = 'is for our reference service; your own system settles it for itself';
    report({ path: [...path, key], message, atKey: true });
  }
  checkRefusals({ has, report }, target, path);
  if (target.protocol === 'queue' && target.ack === 'auto' && has([...path, 'prefetch'])) {
    const message = 'bounds what is not yet acknowledged; with ack: auto nothing is';
    report({ path: [...path, 'prefetch'], message, atKey: true });
  }
}

function checkRefusals(
  { has, report }: Pick<CheckContext, 'has' | 'report'>,
  target: Extract<FileTarget, { protocol: 'queue' | 'stream' }>,
  path: Path,
): void {
  const complain = (key: string, message: string) => report({ path: [...path, key], message, atKey: true });
  for (const key of ['onRefusal', 'deadLetter'] as const) {
    if (target.address !== undefined && has([...path, key])) {
      complain(key, 'is for our reference service; your own system settles it for itself');
      return;
    }
  }
  if (target.protocol === 'queue' && target.ack === 'auto' && (target.onRefusal ?? 'drop') !== 'drop') {
    complain('onRefusal', 'with ack: auto the broker has forgotten a message by then; it can only be drop');
  }
  if (target.deadLetter !== undefined && target.onRefusal !== 'deadLetter') {
    complain('deadLetter', 'needs onRefusal: deadLetter');
  }
}

function checkIdempotent(
  report: CheckContext['report'],
  { acks, client }: Extract<FileTarget, { protocol: 'stream' }>,
  path: Path,
): void {
  const key = [...path, 'idempotent'];
  if (acks !== 'all') {
    report({ path: key, message: 'needs acks: all: only then the broker says what it has', atKey: true });
  }
  if (client !== 'platformatic') {
    const message = `is for client: platformatic; ${client} takes its own retries for measured attempts`;
    report({ path: key, message, atKey: true });
  }
}
