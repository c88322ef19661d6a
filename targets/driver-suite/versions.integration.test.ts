/** Two versions of one service beside each other, over the real wires of all protocols: announced, told, retired. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ApiVersion } from '../../scenarios/api-versions.ts';
import type { Request, Target } from '../../scenarios/scenario.ts';
import { paymentCents } from '../domain/accounts.ts';
import { readableOrderId } from '../domain/service-options.ts';
import { outcomes, type ProtocolEntry } from '../driver.ts';
import { grpcEntry } from '../grpc/preset.ts';
import { freePort } from '../process/free-port.ts';
import { startReferenceService } from '../process/reference-service.ts';
import { rabbitmqAsyncApi } from '../queue/rabbitmq/asyncapi.ts';
import { rabbitmqEntry } from '../queue/rabbitmq/preset.ts';
import { openApiOf } from '../rest/openapi.ts';
import { restEntry } from '../rest/preset.ts';
import { type SharedTestStack, sharedTestStack } from '../stack/shared-test-stack.ts';
import type { BrokerName } from '../stack/stack.ts';
import { streamAsyncApi } from '../stream/asyncapi.ts';
import { streamEntry } from '../stream/preset.ts';
import { websocketAsyncApi } from '../websocket/asyncapi.ts';
import { websocketEntry } from '../websocket/preset.ts';
import { describedAnswers } from './described-answers.ts';
import { directQueue, directStream } from './direct-targets.ts';
import { RecordedSession } from './recorded-session.ts';

interface Subject {
  readonly name: string;
  readonly entry: ProtocolEntry;
  readonly target: Target;
  readonly broker: BrokerName | null;
  /** null: the .proto is what the wire is made of. */
  readonly document: Readonly<Record<string, unknown>> | null;
  /** How it says that a version is gone. */
  readonly retired: string;
}

const direct = { engine: 'native', via: 'direct', connections: 2 } as const;
const grpcTarget: Target = { name: 'grpc', protocol: 'grpc', reflection: false, ...direct };
const subjects: readonly Subject[] = [
  {
    ...{ name: 'REST', entry: restEntry, target: { name: 'rest', protocol: 'rest', ...direct }, broker: null },
    ...{ document: openApiOf({ codec: 'json', isGuarded: false }), retired: 'status 410' },
  },
  {
    ...{ name: 'gRPC', entry: grpcEntry, target: grpcTarget, broker: null },
    ...{ document: null, retired: 'status UNIMPLEMENTED' },
  },
  {
    ...{ name: 'WebSocket', entry: websocketEntry, broker: null, document: websocketAsyncApi() },
    ...{ target: { name: 'websocket', protocol: 'websocket', ...direct }, retired: 'reply retired' },
  },
  {
    ...{ name: 'RabbitMQ', entry: rabbitmqEntry, target: directQueue, broker: 'rabbitmq' },
    ...{ document: rabbitmqAsyncApi(undefined), retired: 'reply retired' },
  },
  {
    ...{ name: 'Kafka', entry: streamEntry, target: directStream, broker: 'kafka' },
    ...{ document: streamAsyncApi(undefined), retired: 'reply retired' },
  },
];

const notice = { since: '@1767225600', sunset: 'Fri, 01 Jan 2027 00:00:00 GMT' };
const of = (does: string, version: ApiVersion) => ({ does, version, pattern: 'request-reply' as const });
/** Called as the documents call them. */
const operations = {
  placeOrder: of('placeOrder', 1),
  placeOrderV2: of('placeOrder', 2),
  getOrder: of('getOrder', 1),
  getOrderV2: of('getOrder', 2),
  listOrdersV2: of('listOrders', 2),
  payOrderV2: of('payOrder', 2),
};

let stack: SharedTestStack;
let directory: string;

beforeAll(async () => {
  stack = await sharedTestStack({ rabbitmq: true, kafka: true });
  directory = await mkdtemp(join(os.tmpdir(), 'wirebench-versions-'));
}, 120_000);

afterAll(async () => {
  await stack.down();
  await rm(directory, { recursive: true, force: true });
});

it.concurrent.each(subjects)(
  '$name: both versions are served from the same orders, the old one says that it goes, and is gone',
  async ({ name, entry, target, broker, document, retired }) => {
    const answers = document === null ? null : describedAnswers(document);
    const differences: string[] = [];
    const trialTag = `v${process.pid.toString(36)}${name.toLowerCase()}`;
    const names = entry.resourceNames(trialTag, target);
    const port = broker === null ? await freePort() : 0;
    const brokerAddress = broker === null ? null : stack.broker(broker).directAddress;
    const service = await startReferenceService(
      entry.servicePath,
      {
        ...{ protocol: target.protocol, target, port, broker: brokerAddress, names, workTimeMs: 0, rejectRatio: 0 },
        ...{ seed: 1, population: { readable: 3, cancellable: 0 }, evidencePath: join(directory, trialTag) },
        deprecated: { version: 1, since: '2026-01-01', sunset: '2027-01-01' },
      },
      join(directory, `${trialTag}.log`),
    );
    const { requests, settings } = entry.preset(target, names, operations);
    const specs = Object.entries(operations).map(([operation, { pattern }]) => {
      return [operation, { pattern, request: requests[operation] as Request }] as const;
    });
    const recorded = await RecordedSession.open({
      ...{ driver: entry.driver, address: brokerAddress ?? `127.0.0.1:${port}`, trialTag },
      target: { ...target, ...settings, requests } as Target,
      operations: Object.fromEntries(specs),
      payloads: { placeOrder: [Buffer.from('old')], placeOrderV2: [Buffer.from('new')] },
      onDetail(operation, detail) {
        const difference = answers?.difference(operation, detail) ?? null;
        if (difference !== null) differences.push(difference);
      },
    });
    const key = readableOrderId(0);
    const run = async (operation: string) => {
      const { outcome, reason, deprecation } = await recorded.run(
        operation,
        operation.startsWith('get') ? { key } : {},
      );
      return { outcome, reason, deprecation };
    };
    for (const [operation, { version }] of Object.entries(operations)) {
      const deprecation = version === 1 ? notice : null;
      expect(await run(operation)).toEqual({ outcome: outcomes.ok, reason: '', deprecation });
    }
    // What was placed in one version is read in the other.
    const placed = await recorded.run('placeOrder');
    const read = await recorded.run('getOrderV2', { key: placed.id });
    const body = JSON.parse(read.detail?.body ?? 'null');
    const amount = { cents: paymentCents, currency: 'EUR' };
    expect(body.order ?? body).toMatchObject({ id: placed.id, customer: `key-${placed.sequence}`, amount });

    await service.adjust({ retiredVersion: 1 });
    expect(await run('placeOrder')).toMatchObject({ outcome: outcomes.rejected, reason: retired });
    expect(await run('getOrder')).toMatchObject({ outcome: outcomes.rejected, reason: retired });
    expect(await run('getOrderV2')).toMatchObject({ outcome: outcomes.ok });
    await service.adjust({ retiredVersion: null });
    expect(await run('getOrder')).toMatchObject({ outcome: outcomes.ok });
    expect(differences).toEqual([]);
    if (answers !== null) expect([...answers.seen].sort()).toEqual(Object.keys(operations).sort());
    expect(recorded.violations).toEqual([]);
    await recorded.close();
    await service.stop();
  },
  60_000,
);
