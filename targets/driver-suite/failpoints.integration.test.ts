/** A service that dies at a failpoint dies with exactly the operation that was meant, and what that costs is certain. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Pattern, Protocol } from '../../result/result-types.ts';
import { type FailpointName, failpoints, failpointText } from '../../scenarios/failpoints.ts';
import type { Target } from '../../scenarios/scenario.ts';
import { EvidenceReader, evidenceKinds } from '../domain/evidence.ts';
import { loadProtocol } from '../registry.ts';
import { type SharedTestStack, sharedTestStack } from '../stack/shared-test-stack.ts';
import { ContractRig, type ContractSubject } from './contract-rig.ts';

const base = { engine: 'native', via: 'direct', connections: 1 } as const;
const settings: Readonly<Partial<Record<Protocol, object>>> = {
  rest: { ...base, store: 'file' },
  grpc: base,
  websocket: base,
  queue: { ...base, broker: 'rabbitmq', confirms: true, durable: true, prefetch: 10, consume: false },
  stream: {
    ...base,
    broker: 'kafka',
    acks: 'all',
    lingerMs: 0,
    partitions: 1,
    producers: 1,
    consume: false,
    client: 'platformatic',
  },
};

let stack: SharedTestStack;
beforeAll(async () => {
  stack = await sharedTestStack({ rabbitmq: true, kafka: true });
}, 200_000);
afterAll(() => stack?.down());

async function subjectOf(protocol: Protocol): Promise<ContractSubject> {
  const broker = protocol === 'queue' ? 'rabbitmq' : protocol === 'stream' ? 'kafka' : null;
  return {
    entry: await loadProtocol({ protocol }),
    target: { name: protocol, protocol, ...settings[protocol] } as Target,
    broker: broker === null ? null : stack.broker(broker).directAddress,
  };
}

/** How often the operation with which the service died was received and applied in the end. */
type Outcome = readonly [received: number, applied: number];
const meant = 2; // of 0, 1, 2, 3

const ported: readonly (readonly [Pattern, FailpointName, Outcome])[] = [
  ['request-reply', 'received', [1, 0]],
  ['request-reply', 'applied', [1, 1]],
  ['request-reply', 'reply', [1, 1]],
  ['one-way', 'reply', [1, 1]],
];
/** The broker delivers again what was not acknowledged. */
const brokered: readonly (readonly [Pattern, FailpointName, Outcome])[] = [
  ['one-way', 'received', [2, 1]],
  ['one-way', 'applied', [2, 2]],
  ['request-reply', 'reply', [2, 2]],
  ['one-way', 'ack', [2, 2]],
];

/** The domain's, so that one of each kind is enough. */
const commits: Readonly<Partial<Record<Protocol, typeof ported>>> = {
  rest: [
    ['request-reply', 'beforeCommit', [1, 0]],
    ['request-reply', 'afterCommit', [1, 1]],
  ],
  queue: [
    ['one-way', 'beforeCommit', [2, 1]],
    ['one-way', 'afterCommit', [2, 2]],
  ],
};

for (const protocol of ['rest', 'grpc', 'websocket', 'queue', 'stream'] as const) {
  describe(`a ${protocol} service`, () => {
    const rig = new ContractRig(() => subjectOf(protocol));
    beforeAll(() => rig.begin(), 60_000);
    afterEach(() => rig.endTest(), 20_000);
    afterAll(() => rig.end(), 20_000);
    const isBrokered = protocol === 'queue' || protocol === 'stream';

    for (const [pattern, point, outcome] of [...(isBrokered ? brokered : ported), ...(commits[protocol] ?? [])]) {
      it(`${pattern}, ${failpointText(point)}: received and applied ${outcome.join(' and ')} times`, async () => {
        const { recorded, service, evidencePath } = await rig.open(pattern);
        const records = () => [...new EvidenceReader(evidencePath).more()];
        const count = (kind: number, sequence: number) =>
          records().filter((record) => record.kind === kind && record.sequence === sequence).length;
        await service.arm({ point, nth: meant + 1 });
        for (let n = 0; n < meant; n++) {
          await recorded.run('placeOrder');
          await waitUntil(() => count(evidenceKinds.applied, n) === 1);
        }
        void recorded.run('placeOrder');
        await service.process.ended();
        expect(service.process.exit).toEqual({ code: null, signal: 'SIGKILL' });
        const died = records().filter(({ kind }) => kind === evidenceKinds.died);
        expect(died.map(({ sequence, step }) => [sequence, step])).toEqual([[meant, failpoints[point].code]]);
        await service.restart();
        await recorded.run('placeOrder');
        const last = meant + 1;
        await waitUntil(() => count(evidenceKinds.applied, last) > 0);
        await waitUntil(() => count(evidenceKinds.applied, meant) >= outcome[1]);
        expect([count(evidenceKinds.received, meant), count(evidenceKinds.applied, meant)]).toEqual(outcome);
        expect(count(evidenceKinds.applied, last)).toBe(1);
      }, 30_000);
    }
  });
}

async function waitUntil(isThere: () => boolean): Promise<void> {
  for (const endMs = performance.now() + 8_000; !isThere() && performance.now() < endMs; ) await sleep(20);
}
