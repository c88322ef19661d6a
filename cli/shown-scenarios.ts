/** For tests: the scenarios that docs/own-system*.md show, played against servers of the test. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse } from 'yaml';
import type { PhaseResult, TrialResult } from '../result/result-types.ts';
import type { BenchRig } from './bench-rig.ts';

const pages = join(import.meta.dirname, '..', 'docs');

/** By name; parts of scenarios have none. */
const shown = new Map(
  readdirSync(pages)
    .filter((page) => /^own-system.*\.md$/.test(page))
    .flatMap((page) => [...readFileSync(join(pages, page), 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```/gm)])
    .map(([, block = '']) => [(parse(block) as { name?: string }).name, block] as const),
);

/** What stands in a scenario, and what stands there instead. */
export type Changes = readonly (readonly [from: string, to: string])[];

/** With the addresses and names of a test in place of those that the page has, and a short load. */
export async function playShown(rig: BenchRig, name: string, changes: Changes): Promise<readonly TrialResult[]> {
  let text = shown.get(name) ?? '';
  for (const [from, to] of changes) {
    expect(text).toContain(from);
    text = text.replaceAll(from, to);
  }
  const short = ['--set', 'load.warmup=200ms', '--duration', '1500ms', '--set', 'load.threads=1'];
  return (await rig.play(text, short)).result.trials;
}

/** Of a busy machine some are sent late or not at all, which is no matter here. */
const lateReasons = ['sentLate', 'notSent'];

export function expectAllOk(phase: PhaseResult | undefined): void {
  const { offered, ok } = phase?.counts ?? { offered: 0, ok: 0 };
  expect(Object.keys(phase?.errors ?? {}).filter((reason) => !lateReasons.includes(reason))).toEqual([]);
  expect(ok).toBeGreaterThan(0.7 * offered);
  expect(ok).toBeGreaterThan(50);
}

/** Calm at first, then under a latency of 50 ms at least that shows. */
export function expectSlowed([calm, slow]: readonly TrialResult[], leastUs: number): void {
  expectAllOk(calm?.phases.steady);
  const { before, during } = slow?.phases ?? {};
  expectAllOk(before);
  expectAllOk(during);
  expect(during?.latencyUs.offered.p50).toBeGreaterThan(leastUs);
  expect(slow?.faults.map(({ proof }) => proof)).not.toContain(null);
}
