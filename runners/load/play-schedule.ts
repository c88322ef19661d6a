/** Starts each arrival of an open load when it is due, woken by a pacer thread. */
import { Worker } from 'node:worker_threads';
import { beside } from '../../result/beside.ts';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import type { ArrivalCursor } from './arrival-cursor.ts';
import type { LoadClock } from './load-clock.ts';
import type { PacerOptions } from './pacer.ts';

/** After a stall many arrivals are due at once: answers get a turn between stretches of this many. */
const mostStartsInARow = 256;

export interface ScheduleHooks {
  isOver(): boolean;
  start(index: number, dueUs: number, nowUs: number): void;
  allStarted(): void;
}

/** Returns what takes up all that is due: called now and then, it is the net below the pacer's wakes. */
export function playSchedule(
  pacer: PacerOptions,
  cursor: ArrivalCursor,
  clock: LoadClock,
  hooks: ScheduleHooks,
): () => void {
  const pollAheadUs = pacer.pacing.leadUs * 1.5;
  let polling = false;
  const takeUpDue = (): void => {
    polling = false;
    let nowUs = monotonicNowUs();
    let dueUs = cursor.dueUs(clock);
    for (let started = 0; dueUs !== null && !hooks.isOver() && dueUs <= nowUs; started++) {
      if (started === mostStartsInARow) {
        poll();
        return;
      }
      hooks.start(cursor.index, dueUs, nowUs);
      cursor.next();
      dueUs = cursor.dueUs(clock);
      nowUs = monotonicNowUs();
    }
    if (dueUs === null) hooks.allStarted();
    else if (dueUs - nowUs <= pollAheadUs) poll();
  };
  const poll = (): void => {
    if (polling) return;
    polling = true;
    setImmediate(takeUpDue);
  };
  const takeUp = () => {
    if (!polling) takeUpDue();
  };
  const thread = new Worker(beside(import.meta.url, 'pacer'), { workerData: { pacer } });
  thread.on('message', takeUp);
  thread.on('error', (error) => {
    throw error;
  });
  return takeUp;
}
