/** For tests: one result that has everything a report must cope with, the same in every run. */
import { LatencyCounts } from '../result/latency-counts.ts';
import { summariseLatency } from '../result/latency-summary.ts';
import type {
  Counts,
  LatencySummaries,
  OperationResult,
  Pattern,
  PhaseName,
  PhaseResult,
  Protocol,
  RunResult,
  TrialResult,
} from '../result/result-types.ts';

interface Shape {
  readonly medianUs: number;
  readonly offered: number;
  readonly failed: number;
}

/** A log-normal-like spread from a fixed generator. */
function latencies(medianUs: number, count: number): LatencyCounts {
  const counts = new LatencyCounts();
  let state = 7;
  for (let n = 0; n < count; n++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const spread = (state / 4294967296) ** 4;
    counts.record(medianUs * (0.7 + 0.6 * (n / count)) * (1 + 6 * spread));
  }
  return counts;
}

function operation(
  pattern: Pattern,
  { medianUs, offered, failed }: Shape,
): { result: OperationResult; response: LatencyCounts } {
  const ok = offered - failed;
  const response = latencies(medianUs, ok);
  const counts: Counts = { offered, ok, rejected: 0, failed, timedOut: 0, dropped: 0, attempts: offered };
  const none = { count: 0 };
  const latencyUs: LatencySummaries = {
    offered: summariseLatency(response, offered),
    response: summariseLatency(response),
    service: summariseLatency(response),
    connectionWait: none,
    sendLag: summariseLatency(latencies(40, offered)),
    acknowledged: pattern === 'one-way' ? summariseLatency(response) : none,
    delivered: pattern === 'one-way' ? summariseLatency(latencies(medianUs * 0.6, ok), offered) : none,
    failed: summariseLatency(failed > 0 ? latencies(500, failed) : undefined),
    timedOut: none,
  };
  const completion = pattern === 'one-way' ? 'acknowledged' : 'replied';
  return { result: { completion, pattern, counts, latencyUs }, response };
}

function phase(durationMs: number, shape: Shape): { result: PhaseResult; histogram: string } {
  const place = operation('one-way', { ...shape, offered: shape.offered * 2, failed: shape.failed * 2 });
  const get = operation('request-reply', shape);
  const all = new LatencyCounts();
  all.add(place.response);
  all.add(get.response);
  const sum = (of: keyof Counts) => place.result.counts[of] + get.result.counts[of];
  const counts: Counts = {
    offered: sum('offered'),
    ok: sum('ok'),
    rejected: 0,
    failed: sum('failed'),
    timedOut: 0,
    dropped: 0,
    attempts: sum('attempts'),
  };
  const seconds = durationMs / 1e3;
  return {
    result: {
      durationMs,
      offeredPerSecond: counts.offered / seconds,
      goodputPerSecond: counts.ok / seconds,
      counts,
      latencyUs: {
        ...get.result.latencyUs,
        offered: summariseLatency(all, counts.offered),
        response: summariseLatency(all),
      },
      operations: { placeOrder: place.result, getOrder: get.result },
      errors: counts.failed > 0 ? { 'connection reset': counts.failed } : {},
    },
    histogram: all.encode(),
  };
}

interface TrialShape {
  readonly target: string;
  readonly protocol: Protocol;
  readonly condition: 'calm' | 'slow-network';
  readonly medianUs: number;
  readonly change?: Partial<TrialResult>;
  readonly failed?: number;
}

function trial({ target, protocol, condition, medianUs, change = {}, failed = 0 }: TrialShape): TrialResult {
  const shapes: [PhaseName, number, Shape][] =
    condition === 'calm'
      ? [['steady', 15_000, { medianUs, offered: 2_500, failed }]]
      : [
          ['before', 5_000, { medianUs, offered: 830, failed: 0 }],
          ['during', 5_000, { medianUs: medianUs + 40_000, offered: 1_200, failed }],
          ['after', 5_000, { medianUs, offered: 15, failed: 0 }],
        ];
  const phases: Partial<Record<PhaseName, PhaseResult>> = {};
  const histograms: TrialResult['histograms'] = {};
  for (const [name, durationMs, shape] of shapes) {
    const { result, histogram } = phase(durationMs, shape);
    phases[name] = result;
    Object.assign(histograms, { [name]: { response: histogram } });
  }
  return {
    id: `${target}-${condition}-1`,
    target,
    protocol,
    condition,
    variant: {},
    repeat: 1,
    engine: 'native',
    model: 'open',
    startedAt: '2026-11-01T10:00:00.000Z',
    semantics: { connections: 2, tls: false, codec: 'json' },
    limitations: [],
    verdict: { status: 'valid', reasons: [] },
    phases,
    ledger: {
      acknowledged: 7_500,
      received: 7_500,
      applied: 7_500,
      lost: 0,
      unacknowledgedButApplied: 0,
      duplicatesReceived: 0,
      duplicatesApplied: 0,
      reordered: 0,
      corrupted: 0,
    },
    wire: { bytesUp: 7_000_000, bytesDown: 700_000, bytesPerOperation: 1_026 },
    cpu: {
      generatorUsPerOperation: 91.4,
      serviceUsPerOperation: 140,
      brokerUsPerOperation: null,
      proxyUsPerOperation: 88,
    },
    faults:
      condition === 'calm'
        ? []
        : [
            {
              fault: 'latency',
              link: 'client',
              plannedAtMs: 5_000,
              plannedForMs: 5_000,
              appliedAtMs: 5_004,
              removedAtMs: 10_006,
              settings: { latencyMs: 40 },
              expected: 'each answer 40 ms later',
              proof: { calmRoundTripUs: 900, roundTripUs: 41_200 },
            },
          ],
    timeline: [0, 250, 500].map((atMs) => ({
      atMs,
      offered: 125,
      ok: 125,
      failed: 0,
      timedOut: 0,
      p50Us: medianUs,
      p99Us: atMs === 250 ? null : medianUs * 3,
    })),
    histograms,
    ...change,
  };
}

const busy = {
  status: 'suspect',
  reasons: [
    {
      status: 'suspect',
      code: 'cpuPressure',
      message: 'Tasks waited for a CPU 14.0 % of the time.',
      remedy: 'Lower the rate.',
    },
  ],
} as const;

export function fixtureResult(change: Partial<RunResult> = {}): RunResult {
  const five: [string, Protocol, number][] = [
    ['rest', 'rest', 600],
    ['grpc', 'grpc', 700],
    ['websocket', 'websocket', 500],
    ['queue', 'queue', 1_300],
    ['stream', 'stream', 2_100],
  ];
  const trials = five.flatMap(([target, protocol, medianUs]) => [
    trial({ target, protocol, condition: 'calm', medianUs, ...(target === 'grpc' && { change: { verdict: busy } }) }),
    trial({ target, protocol, condition: 'slow-network', medianUs, ...(target === 'queue' && { failed: 372 }) }),
  ]);
  const lossy = trials[9] as TrialResult;
  trials[9] = { ...lossy, ledger: { ...lossy.ledger, lost: 12, duplicatesApplied: 3 } };
  return {
    schemaVersion: 1,
    status: 'complete',
    run: {
      id: 'fixture',
      scenario: 'order-flow',
      startedAt: '2026-11-01T10:00:00.000Z',
      finishedAt: '2026-11-01T10:04:00.000Z',
      seed: 42,
      trialsPlanned: 10,
    },
    environment: {
      cpu: 'A CPU',
      cores: 2,
      memoryBytes: 24 * 1024 ** 3,
      os: 'Linux',
      node: '24.21.0',
      versions: { kafka: '4.3.1' },
      gitCommit: null,
    },
    plan: {
      name: 'order-flow',
      question: 'Call it, or <hand> it over?',
      primary: { operation: 'placeOrder', metric: 'delivered p99', condition: 'slow-network', phase: 'during' },
      workload: {
        operations: {
          placeOrder: { weight: 2, pattern: 'one-way' },
          getOrder: { weight: 1, pattern: 'request-reply' },
        },
        payloads: {},
      },
      load: { model: 'open', arrivals: 'poisson', ratePerSecond: 500, warmupMs: 3_000, durationMs: 15_000 },
      conditions: { calm: [], 'slow-network': [{}] },
      repeats: 1,
    },
    trials,
    thresholds: [
      { expression: 'all lost == 0', actual: 12, status: 'fail', trial: 'stream-slow-network-1' },
      { expression: 'rest p99 < 100ms in calm', actual: 2_540, status: 'pass', trial: 'rest-calm-1' },
      { expression: 'grpc p99.9 < 1s', actual: null, status: 'noData' },
    ],
    warnings: [
      {
        code: 'stackRestarted',
        message: 'kafka ended during a trial; the stack is started anew',
        remedy: 'Look at its log.',
      },
    ],
    ...change,
  };
}

/** A closed-loop engine's trial, for the table of its own. */
export function engineTrial(): TrialResult {
  return trial({
    target: 'ghz',
    protocol: 'grpc',
    condition: 'calm',
    medianUs: 900,
    change: { engine: 'ghz 0.93.0', model: 'closed', limitations: ['Closed loop.'], timeline: [] },
  });
}
