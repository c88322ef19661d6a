/** By which clock a producer's times are, and whether its records came. */
import type { ProducerOrigin } from '../recording/producer-origin.ts';
import type { AgentRecord } from './agent-record.ts';
import { hasWorker } from './agent-shares.ts';

/** By the number of a load worker. Each agent has an offset of its own, on one machine too: they err apart. */
export function originsOf(agents: readonly AgentRecord[]): (producer: number) => ProducerOrigin | null {
  const origins = agents.map(({ share, clock, lost }, index) => ({
    share,
    origin: { clock: index, boundUs: clock.boundUs, isLost: lost !== null },
  }));
  return (producer) => origins.find(({ share }) => hasWorker(share, producer))?.origin ?? null;
}
