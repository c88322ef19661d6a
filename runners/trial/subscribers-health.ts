/** How well the processes of the subscribers could do their work. */
import { canaryFigures } from '../canary/canary-account.ts';
import type { SubscriberRecords } from '../subscribe/subscriber-crew.ts';
import type { SubscribersHealth } from './verdict.ts';

/** Of the worst of them each; null: nothing is published. */
export function subscribersHealth(records: SubscriberRecords | null): SubscribersHealth | null {
  if (records === null) return null;
  const data = (records.processes ?? []).map((one) => one.data);
  const worst = (of: (health: (typeof data)[number]['health']) => number) =>
    Math.max(0, ...data.map(({ health }) => of(health)));
  return {
    readP99Us: canaryFigures(data.flatMap(({ canaries }) => canaries ?? []))?.p99Us ?? null,
    longestStallMs: worst((health) => health.longestStallMs),
    eventLoopUtilisation: worst((health) => health.eventLoopUtilisation),
    isLost: records.processes === null,
  };
}
