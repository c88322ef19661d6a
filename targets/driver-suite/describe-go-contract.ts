/** The contract that all drivers keep with the services in Node, kept with the one in Go. */
import { beforeAll } from 'vitest';
import type { GrpcTarget, RestTarget } from '../../scenarios/scenario.ts';
import { grpcEntry } from '../grpc/preset.ts';
import { openApiOf } from '../rest/openapi.ts';
import { restEntry } from '../rest/preset.ts';
import { ensurePrograms } from '../stack/install.ts';
import { describeDriverContract } from './driver-contract.ts';

const buildDeadlineMs = 300_000;
const alike = { engine: 'native', via: 'direct', service: { runtime: 'go' } } as const;
export const restInGo: RestTarget = { name: 'rest', protocol: 'rest', ...alike, connections: 16 };
export const grpcInGo: GrpcTarget = { name: 'grpc', protocol: 'grpc', ...alike, connections: 2, reflection: false };

/** Call it at the top of a test file: the service is built before its tests begin, when it is not here. */
export function needsGoService(): void {
  const signal = AbortSignal.timeout(buildDeadlineMs);
  const options = { confirm: async () => true, log: () => undefined, signal };
  beforeAll(() => ensurePrograms(['go-service'], options).then(() => undefined), buildDeadlineMs);
}

export function describeGoContract(name: string, target: RestTarget | GrpcTarget): void {
  const subject = { target, broker: null };
  describeDriverContract(name, async () => {
    if (target.protocol === 'grpc') return { ...subject, entry: grpcEntry };
    return { ...subject, entry: restEntry, document: openApiOf({ codec: 'json', isGuarded: false }) };
  });
}
