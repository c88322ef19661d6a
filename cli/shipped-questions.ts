/** What the shipped scenarios ask: where they lie, whichever folder `bench` is called from. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { plannedAway } from '../result/decide/outage-parts.ts';
import type { ShippedQuestion } from '../result/decide/shipped-questions.ts';
import { patterns } from '../result/patterns.ts';
import { cacheOf } from '../scenarios/cache-settings.ts';
import { loadScenario } from '../scenarios/schema/load-scenario.ts';

const folder = join(import.meta.dirname, '..', 'scenarios');

let known: readonly ShippedQuestion[] | null = null;

/** In the order of their names. Empty: none are shipped with it, as in a package. All of them are read, once, when it is first called. */
export function shippedQuestions(): readonly ShippedQuestion[] {
  known ??= readAll();
  return known;
}

function readAll(): ShippedQuestion[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .flatMap((file): ShippedQuestion[] => {
      const reading = loadScenario(join(folder, file));
      if (!reading.ok) return [];
      const { targets, workload, conditions } = reading.scenario;
      const windows: readonly (readonly unknown[])[] = Object.values(conditions);
      return [
        {
          path: `scenarios/${file}`,
          targets: Object.values(targets).map((target) => ({
            protocol: target.protocol,
            broker: 'broker' in target ? String(target.broker) : null,
          })),
          completions: Object.values(workload.operations).map(({ pattern }) => patterns[pattern].ends),
          away: [...new Set([...plannedAway(conditions).values()].flat())],
          hasCache: Object.values(targets).some((target) => (cacheOf(target)?.kind ?? 'none') !== 'none'),
          isEverCalm: windows.some((all) => all.length === 0 || all.every((one) => startsLater(one))),
        },
      ];
    });
}

function startsLater(window: unknown): boolean {
  const { atMs } = window as { readonly atMs?: number };
  return atMs !== undefined && atMs > 0;
}
