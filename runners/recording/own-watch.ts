/** Watches a user's own system over the measured phases of a trial. */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import type { WatchResult } from '../../result/result-types.ts';
import type { WatchSettings } from '../../scenarios/scenario.ts';
import { readWatched, type WatchReading, watchedText } from './watched-system.ts';

const everyMs = 500;
/** Of a load however long. */
const mostPoints = 1_000;

interface TimedReading extends WatchReading {
  /** Monotonic, of the answer. */
  readonly atUs: number;
}

/** `fromUs`, `toUs`: monotonic. Cut short, what was read so far counts. Never rejects. */
export async function watchOwnSystem(
  settings: WatchSettings,
  { fromUs, toUs }: { readonly fromUs: number; readonly toUs: number },
  signal: AbortSignal,
): Promise<WatchResult> {
  const readings: TimedReading[] = [];
  const stepMs = Math.max(everyMs, (toUs - fromUs) / 1e3 / mostPoints);
  const steps = Math.max(1, Math.round((toUs - fromUs) / 1e3 / stepMs));
  for (let n = 0; n <= steps && !signal.aborted; n++) {
    const dueUs = fromUs + ((toUs - fromUs) * n) / steps;
    await sleep(Math.max(0, (dueUs - monotonicNowUs()) / 1e3), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const reading = await readWatched(settings, signal);
    readings.push({ ...reading, atUs: monotonicNowUs() });
  }
  return {
    source: watchedText(settings),
    cpuUs: difference(readings[0]?.cpuUs, readings.at(-1)?.cpuUs),
    points: readings.slice(1).map((reading, n) => {
      const before = readings[n] as TimedReading;
      const usedUs = difference(before.cpuUs, reading.cpuUs);
      return {
        atMs: Math.round((reading.atUs - fromUs) / 1e3),
        cores: usedUs === null ? null : Math.round((usedUs / (reading.atUs - before.atUs)) * 1e3) / 1e3,
        memoryBytes: reading.memoryBytes,
        metrics: reading.metrics,
      };
    }),
  };
}

/** null: not known; or it was started anew, and counts from 0 again. */
function difference(from: number | null | undefined, to: number | null | undefined): number | null {
  return from === null || from === undefined || to === null || to === undefined || to < from ? null : to - from;
}
