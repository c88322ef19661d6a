/** k6 as its manual sets it up for large tests, its summary as JSON on stdout. */
import { join } from 'node:path';
import type { PeerCounts } from './peer.ts';

/** The script's settings come by environment; k6 takes its own (K6_…) as options where they have an option's name. */
export function k6Arguments(script: string): string[] {
  const quiet = ['--quiet', '--no-usage-report', '--no-thresholds', '--log-output', 'stderr'];
  return ['run', ...quiet, join(import.meta.dirname, script)];
}

interface K6Summary {
  readonly metrics: Readonly<Record<string, { readonly values: Readonly<Record<string, number>> }>>;
}

/** `completed` names a counter of all; `failed` a counter, or a rate whose passes are failures. */
export function readK6(
  stdout: string,
  seconds: number,
  names: { readonly completed: string; readonly failed: string },
): PeerCounts {
  const { metrics } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as K6Summary;
  const all = metrics[names.completed]?.values.count ?? 0;
  const failure = metrics[names.failed]?.values;
  const failed = failure?.passes ?? failure?.count ?? 0;
  return { completed: all - failed, failed, perSecond: (all - failed) / seconds };
}
