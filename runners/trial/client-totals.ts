/** What the clients of all load workers told, together. */
import { sumOfBatches } from '../../result/batch-counts.ts';
import { sumOfBodies } from '../../result/body-bytes.ts';
import type { BreakerChange, TrialResult } from '../../result/result-types.ts';
import { resilienceOf } from '../../scenarios/scenario.ts';
import { securedTargets } from '../../scenarios/security.ts';
import type { PlannedOperation, WorkerData } from '../load/worker-messages.ts';
import { firstFailures } from '../recording/failure-samples.ts';
import type { PhaseWindow } from '../recording/phase-windows.ts';
import type { Recorder } from '../recording/recorder.ts';
import type { TrialRecords } from './trial-records.ts';

/** Over the whole load, warm-up included, since sockets know no phases. */
export function wireOf(
  workers: readonly WorkerData[],
  recorder: Recorder,
  windows: readonly PhaseWindow[],
  operations: readonly PlannedOperation[],
): TrialResult['wire'] {
  const bytesUp = workers.reduce((sum, { wire }) => sum + wire.up, 0);
  const bytesDown = workers.reduce((sum, { wire }) => sum + wire.down, 0);
  const offered = windows.reduce((sum, _, phase) => sum + recorder.offeredIn(phase), 0);
  const bytesPerOperation = offered === 0 ? null : Math.round((bytesUp + bytesDown) / offered);
  const bodies = workers.flatMap((worker) => worker.bodies ?? []);
  const batches = workers.flatMap((worker) => worker.batches ?? []);
  return {
    ...{ bytesUp, bytesDown, bytesPerOperation },
    ...(bodies.length > 0 && { bodies: sumOfBodies(bodies) }),
    ...(batches.length > 0 && { batches: sumOfBatches(batches) }),
    ...(workers.some(({ messages }) => messages !== null) && { messages: messagesOf(workers, operations) }),
  };
}

/** Of all load workers, as the load began; nothing where one of them cannot tell. */
export function connectionsOf(workers: readonly WorkerData[]): { readonly connections?: number } {
  const counts = workers.flatMap(({ connections }) => connections ?? []);
  if (counts.length === 0 || counts.length < workers.length) return {};
  return { connections: counts.reduce((sum, one) => sum + one, 0) };
}

export function failuresOf({ workers, operations, scenario }: TrialRecords): Pick<TrialResult, 'failures'> {
  const names = operations.map(({ name }) => name);
  const failures = firstFailures(
    workers.flatMap((worker) => worker.failures),
    names,
    scenario.load.warmupMs,
  );
  return failures.length === 0 ? {} : { failures };
}

function messagesOf(workers: readonly WorkerData[], operations: readonly PlannedOperation[]) {
  const sum = (name: string, way: 'sent' | 'received') =>
    operations
      .filter((operation) => operation.name === name)
      .flatMap(({ index }) => workers.map(({ messages }) => messages?.[index]?.[way] ?? 0))
      .reduce((total, one) => total + one, 0);
  return Object.fromEntries(
    operations.map(({ name }) => [name, { sent: sum(name, 'sent'), received: sum(name, 'received') }]),
  );
}

export function longestBlock(workers: TrialRecords['workers']): Pick<TrialResult, 'blockedPublishers'> {
  const blocks = workers.flatMap(({ blockedPublishers }) => blockedPublishers ?? []);
  const [longest] = blocks.sort((a, b) => b.durationMs - a.durationMs);
  return longest === undefined ? {} : { blockedPublishers: longest };
}

export function ignoredMessages(workers: TrialRecords['workers']): Pick<TrialResult, 'ignoredMessages'> {
  const counts = workers.flatMap((worker) => worker.ignoredMessages ?? []);
  return counts.length === 0 ? {} : { ignoredMessages: counts.reduce((sum, one) => sum + one, 0) };
}

export function httpCounts(workers: TrialRecords['workers']): Pick<TrialResult, 'http'> {
  const counts = workers.flatMap(({ http }) => http ?? []);
  if (counts.length === 0) return {};
  const sum = (values: readonly number[]) => values.reduce((total, one) => total + one, 0);
  const redirects = counts.flatMap((one) => one.redirects ?? []);
  return {
    http: {
      handshakes: sum(counts.map(({ handshakes }) => handshakes)),
      ...(redirects.length > 0 && { redirects: sum(redirects) }),
    },
  };
}

/** Told of all targets where one is secured: those in clear are what it is compared with. */
export function securityOf({ scenario, target, workers }: TrialRecords): Pick<TrialResult, 'security'> {
  if (securedTargets(scenario).length === 0 || target.address !== undefined) return {};
  const { connections } = connectionsOf(workers);
  const { http } = httpCounts(workers);
  const later = http?.handshakes ?? workers.reduce((sum, { reconnects }) => sum + reconnects, 0);
  const handshakes = connections === undefined ? null : connections + later;
  return { security: { tls: target.tlsMode ?? 'none', auth: target.auth ?? 'none', handshakes } };
}

export function breakerOf({ scenario, target, workers, clock }: TrialRecords): Pick<TrialResult, 'breaker'> {
  if (resilienceOf(scenario, target).breaker === undefined) return {};
  const changes = workers.flatMap(({ breakerChanges }, client) =>
    breakerChanges.map(({ atUs, state }): BreakerChange => {
      return { atMs: Math.round(clock.loadMs(atUs)), state, client };
    }),
  );
  return { breaker: changes.sort((a, b) => a.atMs - b.atMs) };
}
