/** By which clock a producer's times are, and whether its records came. */
import type { ProducerOrigin } from '../recording/producer-origin.ts';
import type { AgentRecord } from './agent-record.ts';
import { hasWorker } from './agent-shares.ts';

/** By the number of a load worker. Agents of one machine share its clock. */
export function originsOf(agents: readonly AgentRecord[]): (producer: number) => ProducerOrigin | null {
  const hosts = [...new Set(agents.map(({ host }) => host.bootId))];
  const origins = agents.map(({ host, share, clock, lost }) => ({
    share,
    origin: { host: hosts.indexOf(host.bootId), boundUs: clock.boundUs, isLost: lost !== null },
  }));
  return (producer) => origins.find(({ share }) => hasWorker(share, producer))?.origin ?? null;
}
