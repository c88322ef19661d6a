/**
 * For tests: one result that has everything a report must cope with, the same in every run: five targets calm and under
 * a slow network, a suspect trial, failures, losses, phases too short for a percentile, an unknown ledger, another engine.
 */
import type { FaultResult, LedgerResult, Protocol, RunResult, TrialResult, Verdict } from '../result/result-types.ts';
import { fixturePhase, type PhaseShape } from './fixture-phase.ts';

interface TargetShape {
  readonly protocol: Protocol;
  readonly medianUs: number;
  /** Samples beyond the 99th percentile are up to this many times the median. */
  readonly tail: number;
  /** Milliseconds that 40 ms on the way back add to a delivery, an acknowledgement and a reply. */
  readonly added: { readonly delivered: number; readonly completed: number; readonly replied: number };
  readonly brokerUs: number | null;
  readonly semantics: TrialResult['semantics'];
}

const inMemory = 'in the memory of the service';
const targets = {
  rest: {
    protocol: 'rest',
    medianUs: 610,
    tail: 6,
    added: { delivered: 0, completed: 40, replied: 40 },
    brokerUs: null,
    semantics: {
      durability: inMemory,
      acks: '202 once the order is on record',
      connections: 64,
      codec: 'JSON',
      tls: false,
    },
  },
  grpc: {
    protocol: 'grpc',
    medianUs: 540,
    tail: 9,
    added: { delivered: 0, completed: 40, replied: 40 },
    brokerUs: null,
    semantics: { durability: inMemory, acks: 'the answer', connections: 2, codec: 'protobuf', tls: false },
  },
  websocket: {
    protocol: 'websocket',
    medianUs: 480,
    tail: 5,
    added: { delivered: 0, completed: 40, replied: 40 },
    brokerUs: null,
    semantics: {
      durability: inMemory,
      acks: 'a message of the application',
      connections: 16,
      codec: 'JSON',
      tls: false,
    },
  },
  queue: {
    protocol: 'queue',
    medianUs: 1_320,
    tail: 8,
    added: { delivered: 2, completed: 40, replied: 60 },
    brokerUs: 290,
    semantics: {
      broker: 'rabbitmq',
      durability: 'durable queue, persistent messages',
      acks: 'publisher confirms',
      prefetch: 100,
      codec: 'JSON',
      tls: false,
    },
  },
  stream: {
    protocol: 'stream',
    medianUs: 2_150,
    tail: 11,
    added: { delivered: 4, completed: 40, replied: 85 },
    brokerUs: 480,
    semantics: {
      broker: 'kafka',
      durability: 'written by one broker, not flushed for each message',
      acks: 'all',
      lingerMs: 0,
      partitions: 3,
      codec: 'JSON',
      tls: false,
    },
  },
} as const satisfies Record<string, TargetShape>;
export type FixtureTarget = keyof typeof targets;

const noLosses: LedgerResult = {
  acknowledged: 7_500,
  received: 7_500,
  applied: 7_500,
  lost: 0,
  unacknowledgedButApplied: 0,
  duplicatesReceived: 0,
  duplicatesApplied: 0,
  reordered: 0,
  corrupted: 0,
};

const valid: Verdict = { status: 'valid', reasons: [] };
const busy: Verdict = {
  status: 'suspect',
  reasons: [
    {
      status: 'suspect',
      code: 'cpuPressure',
      message: 'Tasks waited for a CPU 14.0 % of the time.',
      remedy: 'Lower the rate, add load.threads, or give the generator a machine of its own.',
    },
  ],
};

const slowNetwork = (expected: string): FaultResult => ({
  fault: 'latency',
  link: 'client',
  plannedAtMs: 5_000,
  plannedForMs: 5_000,
  appliedAtMs: 5_003.6,
  removedAtMs: 10_006.2,
  settings: { latencyMs: 40, jitterMs: 0, direction: 'down' },
  expected,
  proof: { calmRoundTripUs: 410, roundTripUs: 40_910, probes: 3 },
});

function phaseShapes(shape: TargetShape, condition: 'calm' | 'slow-network', failed: number): PhaseShape[] {
  const { medianUs, tail, added } = shape;
  const none = { delivered: 0, completed: 0, replied: 0 };
  const usual = { medianUs, tail, added: none, failed: 0 };
  return condition === 'calm'
    ? [
        { ...usual, phase: 'warmup', durationMs: 3_000, offered: 1_500, medianUs: medianUs * 2 },
        { ...usual, phase: 'steady', durationMs: 15_000, offered: 7_500 },
      ]
    : [
        { ...usual, phase: 'warmup', durationMs: 3_000, offered: 1_500, medianUs: medianUs * 2 },
        { ...usual, phase: 'before', durationMs: 5_000, offered: 2_500 },
        { ...usual, phase: 'during', durationMs: 5_000, offered: 2_500, added, failed },
        { ...usual, phase: 'after', durationMs: 5_000, offered: 900 },
      ];
}

const intervalMs = 250;

function timelineOf(shapes: readonly PhaseShape[]): TrialResult['timeline'] {
  let atMs = -3_000;
  return shapes.flatMap(({ durationMs, offered, medianUs, tail, added, failed }) =>
    Array.from({ length: durationMs / intervalMs }, (_, n) => {
      const share = intervalMs / durationMs;
      const wobble = 1 + 0.25 * Math.sin(atMs / 700) + 0.1 * Math.cos(n * 1.7);
      const notOk = Math.round(failed * share);
      const point = {
        atMs,
        offered: Math.round(offered * share),
        ok: Math.round(offered * share) - notOk,
        failed: notOk,
        timedOut: 0,
        p50Us: Math.round(medianUs * (0.9 + 0.1 * wobble) + added.completed * 1_000),
        p99Us: Math.round(medianUs * tail * 0.5 * wobble + added.completed * 1_000),
      };
      atMs += intervalMs;
      return point;
    }),
  );
}

export function fixtureTrial(
  target: FixtureTarget,
  condition: 'calm' | 'slow-network',
  change: Partial<TrialResult> = {},
  failed = 0,
): TrialResult {
  const shape: TargetShape = targets[target];
  const shapes = phaseShapes(shape, condition, failed);
  const phases = shapes.map((one) => [one.phase, fixturePhase(one)] as const);
  return {
    id: `${target}-${condition}-1`,
    target,
    protocol: shape.protocol,
    condition,
    variant: {},
    repeat: 1,
    engine: 'native',
    model: 'open',
    startedAt: '2026-11-01T10:00:00.000Z',
    semantics: shape.semantics,
    limitations: [],
    verdict: valid,
    phases: Object.fromEntries(phases.map(([name, { result }]) => [name, result])),
    ledger: noLosses,
    reconnects: condition === 'calm' || shape.protocol !== 'queue' ? 0 : 3,
    wire: { bytesUp: 9_340_000, bytesDown: 811_000, bytesPerOperation: Math.round(shape.medianUs / 10) + 980 },
    cpu: {
      generatorUsPerOperation: shape.medianUs / 9,
      serviceUsPerOperation: shape.medianUs / 7,
      brokerUsPerOperation: shape.brokerUs,
      proxyUsPerOperation: 88.2,
    },
    memory: {
      generatorBytes: 241 * 1024 ** 2,
      serviceBytes: 96 * 1024 ** 2,
      brokerBytes: shape.brokerUs === null ? null : 705 * 1024 ** 2,
      proxyBytes: 24 * 1024 ** 2,
    },
    faults: condition === 'calm' ? [] : [slowNetwork(`each answer 40 ms later`)],
    timeline: timelineOf(shapes),
    histograms: Object.fromEntries(phases.map(([name, { histograms }]) => [name, histograms])),
    ...change,
  };
}

/** A closed-loop engine's trial, for the table of its own. */
function engineTrial(): TrialResult {
  const unknown = Object.fromEntries(Object.keys(noLosses).map((key) => [key, null])) as unknown as LedgerResult;
  return fixtureTrial('rest', 'calm', {
    id: 'rest-autocannon-calm-1',
    target: 'rest-autocannon',
    engine: 'autocannon 9.0.0',
    model: 'closed',
    limitations: ['Closed loop: latency counts from the send, so a stall hides the operations it held back.'],
    ledger: unknown,
    wire: { bytesUp: null, bytesDown: null, bytesPerOperation: null },
    timeline: [],
  });
}

/** Piles up while the network is slow, and is gone two seconds later. */
const backlog: NonNullable<TrialResult['backlog']> = {
  counts: 'messages ready in the queue',
  points: Array.from({ length: 36 }, (_, n) => {
    const atMs = n * 500 - 2_997;
    const waiting = atMs < 5_004 ? 2 : Math.min(atMs - 5_000, 3 * (12_000 - atMs)) / 20;
    return { atMs, messages: Math.max(0, Math.round(waiting)) };
  }),
  highest: { atMs: 10_003, messages: 250 },
  drainedAfterMs: 1_997,
  redelivered: 4,
};

let built: readonly TrialResult[] | undefined;

/** Encoding its histograms takes a while: built once. */
function trials(): readonly TrialResult[] {
  built ??= [
    fixtureTrial('rest', 'calm'),
    fixtureTrial('grpc', 'calm', { verdict: busy }),
    fixtureTrial('websocket', 'calm'),
    fixtureTrial('queue', 'calm'),
    fixtureTrial('stream', 'calm'),
    fixtureTrial('rest', 'slow-network'),
    fixtureTrial('grpc', 'slow-network'),
    fixtureTrial('websocket', 'slow-network'),
    fixtureTrial('queue', 'slow-network', { backlog }, 775),
    fixtureTrial('stream', 'slow-network', {
      ledger: { ...noLosses, lost: 12, duplicatesApplied: 3, applied: 7_488 },
      ledgerExamples: {
        lost: [{ id: 'wbfixture-00-0000003201', sentAtMs: 6_402, when: 'during latency' }],
        duplicatesApplied: [{ id: 'wbfixture-00-0000005040', sentAtMs: 10_080, when: '80 ms after latency' }],
      },
    }),
    engineTrial(),
  ];
  return built;
}

const plan = {
  name: 'order-flow',
  question: 'Should checkout call the order service or hand the order over?',
  primary: { operation: 'placeOrder', metric: 'delivered p99', condition: 'slow-network', phase: 'during' },
  workload: {
    operations: { placeOrder: { weight: 60, pattern: 'one-way' }, getOrder: { weight: 40, pattern: 'request-reply' } },
    payloads: { order: { sizeBytes: 1_024, entropy: 0.4 } },
  },
  load: { model: 'open', arrivals: 'poisson', ratePerSecond: 500, warmupMs: 3_000, durationMs: 15_000 },
  targets: { rest: {}, grpc: {}, websocket: {}, queue: {}, stream: {}, 'rest-autocannon': {} },
  conditions: { calm: [], 'slow-network': [{}] },
  repeats: 1,
} as const;

export function fixtureResult(change: Partial<RunResult> = {}): RunResult {
  return {
    schemaVersion: 1,
    status: 'complete',
    run: {
      id: 'order-flow-20261101T100000Z',
      scenario: 'order-flow',
      startedAt: '2026-11-01T10:00:00.000Z',
      finishedAt: '2026-11-01T10:04:00.000Z',
      seed: 42,
      trialsPlanned: 11,
    },
    environment: {
      cpu: 'AMD EPYC',
      cores: 2,
      memoryBytes: 24 * 1024 ** 3,
      os: 'Debian GNU/Linux 12 (bookworm)',
      node: '24.21.0',
      versions: { toxiproxy: '2.12.0', rabbitmq: '3.10.8', kafka: '4.3.1' },
      gitCommit: '0123456789ab',
    },
    plan,
    trials: trials(),
    thresholds: [
      { expression: 'all lost == 0', actual: 12, status: 'fail', trial: 'stream-slow-network-1' },
      { expression: 'rest p99 < 100ms in calm', actual: 2_540, status: 'pass', trial: 'rest-calm-1' },
      { expression: 'queue p99 < 1s in slow-network', actual: null, status: 'fail', trial: 'queue-slow-network-1' },
      { expression: 'rest-autocannon lost == 0', actual: null, status: 'noData' },
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
