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

/** What is in metric `name`: a counter's count, or how often a rate was true; 0 when there is none. */
export function countIn(stdout: string, name: string): number {
  const { metrics } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as K6Summary;
  const values = metrics[name]?.values;
  return values?.count ?? values?.passes ?? 0;
}

export function k6Counts(all: number, failed: number, seconds: number): PeerCounts {
  return { completed: all - failed, failed, perSecond: (all - failed) / seconds };
}
