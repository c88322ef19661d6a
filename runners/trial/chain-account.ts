/** How many chains met a slow service: as clients saw it, and as the services drew it. */
import type { ChainResult } from '../../result/result-types.ts';
import { chainedServices } from '../../scenarios/chain-settings.ts';
import { drawsSlow } from '../../targets/domain/slow-work.ts';
import { LoggedOperations } from '../recording/logged-operations.ts';
import { phaseAt } from '../recording/phase-windows.ts';
import type { TrialRecords } from './trial-records.ts';

type ChainRecords = Pick<TrialRecords, 'target' | 'scenario' | 'workers' | 'windows' | 'clock' | 'seed'>;

/** null: no chain, or none of its services is slow. */
export function chainOf({ target, scenario, workers, windows, clock, seed }: ChainRecords): ChainResult | null {
  const { slow } = scenario.workload.service;
  if (target.chain === undefined || slow?.isDrawn !== true) return null;
  const services = chainedServices(target.chain);
  const counts = { answered: 0, slow: 0, drawn: 0 };
  for (const log of workers.map((worker) => new LoggedOperations(worker.log))) {
    const { producer, length } = log;
    for (let sequence = 0; sequence < length; sequence++) {
      const phase = windows[phaseAt(windows, clock.offsetUs(log.intendedUs(sequence)))]?.name;
      const tookUs = log.acknowledgedAfterUs(sequence) - log.sentAfterUs(sequence);
      if ((phase !== 'steady' && phase !== 'before') || Number.isNaN(tookUs)) continue;
      counts.answered++;
      if (tookUs >= slow.workTimeMs * 1e3) counts.slow++;
      const isDrawn = (part: number) => drawsSlow({ producer, sequence }, slow.share, { seed, part });
      if (Array.from({ length: services }, (_, part) => part).some(isDrawn)) counts.drawn++;
    }
  }
  return {
    ...{ services, slowShare: slow.share, slowMs: slow.workTimeMs },
    expectedShare: 1 - (1 - slow.share) ** services,
    ...counts,
  };
}
