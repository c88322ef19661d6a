/** For tests: orders handed over, one-way, to reference services of their own; brokers are those of the shared stack. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { isPublished } from '../../result/patterns.ts';
import type { Pattern } from '../../result/result-types.ts';
import { usualPush } from '../../scenarios/push-settings.ts';
import type { Request, Target } from '../../scenarios/scenario.ts';
import { EvidenceReader } from '../domain/evidence.ts';
import type { ServiceOptions } from '../domain/service-options.ts';
import type { Driver, ProtocolEntry } from '../driver.ts';
import { openSpread } from '../driver-kit/spread-session.ts';
import { freePort } from '../process/free-port.ts';
import { type RunningService, startReferenceService } from '../process/reference-service.ts';
import { loadProtocol } from '../registry.ts';
import { type SharedTestStack, sharedTestStack } from '../stack/shared-test-stack.ts';
import { RecordedSession } from './recorded-session.ts';

export interface HandOver {
  readonly entry: ProtocolEntry;
  readonly tag: string;
  /** Where clients connect: the broker, or the services with commas between. */
  readonly address: string;
  /** What the preset names of this one's own, and where its broker is; empty without one. */
  readonly names: Readonly<Record<string, string>>;
  /** Of each queue or topic, `names` first. */
  readonly topicNames: readonly Readonly<Record<string, string>>[];
  readonly broker: string;
  /** One an instance. */
  readonly services: readonly [RunningService, ...RunningService[]];
  readonly session: RecordedSession;
  /** Of all instances. */
  readonly evidence: EvidenceReader;
}

export type Behaviour = Partial<
  Pick<ServiceOptions, 'workTimeMs' | 'rejectRatio' | 'unreadableRatio' | 'concurrency' | 'waiting' | 'slow'>
>;

export type OpenHandOver = (
  target: Target,
  behaviour?: Behaviour,
  instances?: number,
  pattern?: Pattern,
) => Promise<HandOver>;

/** Call it once a file; what it returns opens `placeOrder` to a target. The stack and the folder go when the file is done. */
export function handOverRig(name: string): OpenHandOver {
  let stack: SharedTestStack;
  let directory: string;
  let opened = 0;
  beforeAll(async () => {
    directory = await mkdtemp(join(os.tmpdir(), `wirebench-${name}-`));
    stack = await sharedTestStack({ rabbitmq: true, kafka: true, sqs: true });
  });
  afterAll(async () => {
    await stack?.down();
    await rm(directory, { recursive: true, force: true });
  });
  return async (target, behaviour = {}, instances = 1, pattern = 'one-way') => {
    const tag = `${name}-${process.pid}-${opened++}`;
    const entry = await loadProtocol(target);
    const broker = 'broker' in target ? stack.broker(target.broker).directAddress : null;
    const topicNames = Array.from({ length: target.topics ?? 1 }, (_, n) => {
      return entry.resourceNames(n === 0 ? tag : `${tag}-${n + 1}`, target);
    });
    const [names = {}] = topicNames;
    const ports = await Promise.all(Array.from({ length: instances }, () => (broker === null ? freePort() : 0)));
    const evidencePaths = ports.map((_port, instance) => join(directory, `${tag}.${instance}.evidence`));
    const services: RunningService[] = [];
    for (const [instance, port] of ports.entries()) {
      const options: ServiceOptions = {
        ...{ protocol: target.protocol, target, port, broker, names, topicNames, instance, part: instance },
        ...{ evidencePath: evidencePaths[instance] ?? '', population: { readable: 0, cancellable: 0 } },
        ...{ workTimeMs: 0, rejectRatio: 0, seed: 1, ...behaviour },
        ...(isPublished(pattern) && broker === null && { push: target.push ?? usualPush }),
      };
      services.push(await startReferenceService(entry.servicePath, options, join(directory, `${tag}.${instance}.log`)));
    }
    const [preset, ...presets] = topicNames.map((own) => entry.preset(target, own, { placeOrder: { pattern } }));
    const { requests = {}, settings } = preset ?? {};
    const elsewhere = presets.map((other) => other.requests.placeOrder as Request);
    const address = broker ?? ports.map((port) => `127.0.0.1:${port}`).join(',');
    const session = await RecordedSession.open({
      driver: elsewhere.length === 0 ? entry.driver : spread(entry.driver, elsewhere),
      target: { ...target, ...settings, requests } as Target,
      address,
      trialTag: tag,
      operations: { placeOrder: { pattern, request: requests.placeOrder as Request } },
      payloads: { placeOrder: [Buffer.from('payload')] },
    });
    const [first, ...others] = services;
    if (first === undefined) throw new Error('a hand-over needs a service');
    const evidence = new EvidenceReader(...evidencePaths);
    const parts = { services: [first, ...others] as const, session, evidence };
    return { entry, tag, address, names, topicNames, broker: broker ?? '', ...parts };
  };
}

/** `elsewhere`: the request of each of the other queues or topics. */
function spread(driver: Driver, elsewhere: readonly Request[]): Driver {
  return {
    ...driver,
    open(context, signal) {
      const operations = context.operations.map((operation) => {
        return { ...operation, requestsByTopic: [operation.request, ...elsewhere] };
      });
      return openSpread(driver, { ...context, operations }, signal);
    },
  };
}
