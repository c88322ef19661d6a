/** How a service keeps its state, where that is a log, as printed beside the numbers. */
import { hasLog, type LogState, snapshotEvery } from '../../scenarios/state-settings.ts';

/** {}: it is none. `usual`: what a log is at its broker. */
export function stateSettings(target: LogState, usual: string): { readonly state?: string } {
  if (!hasLog(target)) return {};
  const every = snapshotEvery(target);
  const log = target.log === 'compacted' ? `${usual}, compacted` : usual;
  return { state: `a log: ${log}; ${every === null ? 'no snapshots' : `a snapshot every ${every} events`}` };
}
