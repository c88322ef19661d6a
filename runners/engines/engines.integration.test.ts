/** Both tools against the real reference services: what they say they did is what the service has on record. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { type handleUnaryCall, loadPackageDefinition, Server, ServerCredentials } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BenchError } from '../../result/bench-error.ts';
import type { Load, Request, Target } from '../../scenarios/scenario.ts';
import { EvidenceReader, evidenceKinds } from '../../targets/domain/evidence.ts';
import type { ProtocolEntry } from '../../targets/driver.ts';
import { ordersProto } from '../../targets/grpc/orders-service.ts';
import { grpcEntry } from '../../targets/grpc/preset.ts';
import { freePort } from '../../targets/process/free-port.ts';
import { startReferenceService } from '../../targets/process/reference-service.ts';
import { restEntry } from '../../targets/rest/preset.ts';
import { ensurePrograms } from '../../targets/stack/install.ts';
import { phaseWindows } from '../recording/phase-windows.ts';
import { runAutocannon } from './autocannon-engine.ts';
import type { EngineInput, EngineOperation, EngineOutput, RunEngine } from './engine.ts';
import { runGhz } from './ghz-engine.ts';

const patterns = { placeOrder: 'one-way', getOrder: 'request-reply', cancelOrder: 'request-reply' } as const;
const shares = { placeOrder: 0.6, getOrder: 0.3, cancelOrder: 0.1 };
const keyUses = { placeOrder: 'keyed', getOrder: 'reads', cancelOrder: 'cancels' } as const;
const ratePerSecond = 200;
const load: Load = {
  ...{ model: 'open', arrivals: 'poisson', recording: null, search: null, ratePerSecond },
  stages: [{ forMs: 2_000, fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond }],
  ...{ warmupMs: 1_000, warmupUntilSteady: false, durationMs: 2_000, maxInFlight: 1_000, threads: 1 },
};

let folder = '';
let ghzPath = '';
beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'wirebench-engines-'));
  const signal = AbortSignal.timeout(280_000);
  ghzPath = (await ensurePrograms(['ghz'], { confirm: async () => true, log: () => undefined, signal })).ghz;
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Played {
  readonly output: EngineOutput;
  /** Records of operations of the tool, by producer: each operation is one. */
  readonly applied: readonly (readonly number[])[];
}

async function play(
  run: RunEngine,
  entry: ProtocolEntry,
  target: Target,
  { rejectRatio = 0, signal = new AbortController().signal, overrides = {} as Partial<EngineInput> } = {},
): Promise<Played> {
  const trialTag = `e${target.name}${Math.random().toString(36).slice(2, 6)}`;
  const port = await freePort();
  const evidencePath = join(folder, `${trialTag}.evidence`);
  const operationPatterns = Object.fromEntries(Object.entries(patterns).map(([name, pattern]) => [name, { pattern }]));
  const { requests, settings } = entry.preset(target, {}, operationPatterns);
  const service = await startReferenceService(
    entry.servicePath,
    {
      ...{ protocol: target.protocol, target, port, broker: null, names: {}, evidencePath, workTimeMs: 0, seed: 1 },
      ...{ population: { readable: 100, cancellable: 500 }, rejectRatio },
    },
    join(folder, `${trialTag}.log`),
  );
  try {
    const operations = Object.entries(shares).map(([name, share], index): EngineOperation => {
      const key = name as keyof typeof patterns;
      const payload = name === 'placeOrder' ? { sizeBytes: 300, entropy: 0.5 } : null;
      const request = requests[name] as Request;
      return {
        index,
        name,
        action: null,
        pattern: patterns[key],
        request,
        weight: share,
        share,
        keyUse: keyUses[key],
        payload,
      };
    });
    const output = await run(
      {
        ...{ target: { ...target, ...settings } as Target, address: `127.0.0.1:${port}`, operations, seed: 5, load },
        ...{ keys: { count: 100, distribution: 'uniform' }, cancellable: 500, timeoutMs: 2_000, trialTag, ghzPath },
        ...{ workDirectory: folder, windows: phaseWindows(1_000, 2_000, []), startMs: Date.now(), allowHosts: [] },
        ...overrides,
      },
      signal,
    );
    const records = [...new EvidenceReader(evidencePath).more()].filter(({ kind }) => kind === evidenceKinds.applied);
    const applied = operations.map(({ index }) =>
      records.filter(({ producer }) => producer === index).map(({ sequence }) => sequence),
    );
    return { output, applied };
  } finally {
    await service.stop();
  }
}

const rest: Target = { name: 'rest', protocol: 'rest', engine: 'autocannon', via: 'direct', connections: 10 };
const grpc: Target = {
  name: 'grpc',
  protocol: 'grpc',
  engine: 'ghz',
  via: 'direct',
  connections: 2,
  reflection: false,
};

describe.each([
  ['autocannon', runAutocannon, restEntry, rest],
  ['ghz', runGhz, grpcEntry, grpc],
] as const)('engine %s', (_name, run, entry, target) => {
  it('plays every operation at its share of the rate, with ids that the service knows', async () => {
    const { output, applied } = await play(run, entry, target);
    let all = 0;
    for (const [index, [name, share]] of Object.entries(shares).entries()) {
      const phases = output.operations[name] ?? [];
      const ok = phases.reduce((sum, phase) => sum + phase.ok, 0);
      all += ok;
      const notOk = phases.map(({ rejected, failed, timedOut, errors }) => ({ rejected, failed, timedOut, errors }));
      expect({ name, notOk: notOk.slice(0, 2) }).toEqual({
        name,
        notOk: [0, 1].map(() => ({ rejected: 0, failed: 0, timedOut: 0, errors: {} })),
      });
      const steady = phases[1];
      const due = ratePerSecond * share * (load.durationMs / 1e3);
      expect(steady?.ok).toBeGreaterThan(due * 0.6);
      expect(steady?.ok).toBeLessThan(due * 1.5);
      expect(steady?.latencies.count).toBe(steady?.ok);
      expect(steady?.latencies.atQuantile(0.5)).toBeGreaterThan(0);
      // A call or two may still have been under way when the tool stopped.
      const sequences = applied[index] ?? [];
      expect(new Set(sequences).size).toBe(sequences.length);
      expect(Math.abs(sequences.length - ok)).toBeLessThanOrEqual(12);
    }
    expect(output.toolVersion).toMatch(/\d/);
    expect(output.cpuUs).toBeGreaterThan(0);
    expect(output.operationsInAll).toBeGreaterThanOrEqual(all);
    expect(output.limitations.length).toBeGreaterThan(1);
  }, 40_000);

  it('counts refusals as rejected', async () => {
    const { output } = await play(run, entry, target, { rejectRatio: 1 });
    const { ok, rejected, errors } = output.operations.placeOrder?.[1] ?? {};
    expect(ok).toBe(0);
    expect(rejected).toBeGreaterThan(50);
    expect(Object.keys(errors ?? {})).toEqual([run === runGhz ? 'status UNAVAILABLE' : 'status 503']);
  }, 40_000);

  it.each([
    ['before its process stands', () => AbortSignal.abort()],
    ['while it runs', () => AbortSignal.timeout(700)],
  ])(
    'stops when it is told to, and leaves no process: %s',
    async (_when, told) => {
      const signal = told();
      const beganMs = performance.now();
      await expect(play(run, entry, target, { signal })).rejects.toThrow();
      expect(performance.now() - beganMs).toBeLessThan(6_000);
    },
    40_000,
  );
});

it('says what a tool said that gave no report', async () => {
  const error = await play(runGhz, grpcEntry, grpc, { overrides: { ghzPath: process.execPath } }).catch(
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(BenchError);
  expect(error).toMatchObject({ code: 'ghzFailed', hint: expect.stringContaining('bad option') });
}, 40_000);

it('sends metadata by ghz, each call with its id', async () => {
  const seen: string[] = [];
  const server = new Server();
  const { wirebench } = loadPackageDefinition(loadSync(ordersProto, { keepCase: true })) as unknown as {
    wirebench: { orders: { v1: { Orders: { service: Parameters<Server['addService']>[0] } } } };
  };
  const get: handleUnaryCall<{ request_id: string }, object> = ({ metadata, request }, done) => {
    seen.push([metadata.get('x-request-id'), request.request_id, metadata.get('tenant')].join(' '));
    done(null, {});
  };
  server.addService(wirebench.orders.v1.Orders.service, { Get: get });
  const port = await new Promise<number>((resolve, reject) => {
    const bound = (error: Error | null, boundPort: number) => (error ? reject(error) : resolve(boundPort));
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), bound);
  });
  const metadata = { 'x-request-id': '{{id}}', tenant: 'a' };
  const message = { request_id: '{{id}}', id: '{{key}}' };
  const operation: EngineOperation = {
    ...{
      index: 3,
      name: 'getOrder',
      action: 'get',
      pattern: 'request-reply',
      weight: 1,
      share: 1,
      keyUse: 'reads',
      payload: null,
    },
    request: { method: 'wirebench.orders.v1.Orders/Get', message, metadata },
  };
  const overrides = { address: `127.0.0.1:${port}`, operations: [operation], trialTag: 'meta' };
  const { output } = await play(runGhz, grpcEntry, grpc, { overrides });
  server.forceShutdown();
  expect(output.operations.getOrder?.[1]?.ok).toBeGreaterThan(50);
  expect(seen.length).toBeGreaterThan(50);
  const [first = ''] = [...seen].sort();
  expect(first).toBe('meta-0003-0000000000 meta-0003-0000000000 a');
  expect(new Set(seen).size).toBe(seen.length);
  for (const line of seen) expect(line.split(' ')[0]).toBe(line.split(' ')[1]);
}, 40_000);
