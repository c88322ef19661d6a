/** Each sentence and cell is a claim about stored figures: change one, and the claim that rests on it must go or change. */
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../result/result-types.ts';
import { renderMarkdown } from './exchange/markdown.ts';
import { couplingResult } from './fixtures/coupling-result.ts';
import { fixtureResult } from './fixtures/fixture-result.ts';
import { renderHtml } from './html/html.ts';
import { renderFirstScreen } from './terminal/first-screen.ts';
import { renderTerminal } from './terminal/terminal.ts';

// biome-ignore lint/suspicious/noExplicitAny: figures are changed by their paths, whatever they are
type Loose = any;

const formats = {
  screen: (result: RunResult) =>
    renderFirstScreen(result, { colour: false, width: 2_000, directory: 'results/x', page: null }),
  terminal: (result: RunResult) => renderTerminal(result, { colour: false, width: 2_000 }),
  markdown: renderMarkdown,
  html: (result: RunResult) =>
    renderHtml(result)
      .replace(/<script[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>/g, '')
      .replace(/<[^>]*>/g, ' '),
};
type Format = keyof typeof formats;
const everywhere = Object.keys(formats) as Format[];
/** Where everything is. */
const inFull = everywhere.filter((format) => format !== 'screen');

/** Table cells are set apart by different means. */
const plain = (text: string) => text.replaceAll('\\', '').replace(/[\s|]+/g, ' ');

const changed = (change: (result: Loose) => void, of: () => RunResult = fixtureResult): RunResult => {
  const result = structuredClone(of());
  change(result);
  return result;
};
const trial = (result: Loose, id: string) => result.trials.find((one: Loose) => one.id === id);
const during = (result: Loose, target: string) => trial(result, `${target}-slow-network-1`).phases.during;

interface Claim {
  /** In words: what is claimed. */
  readonly name: string;
  readonly claim: string;
  readonly change: (result: Loose) => void;
  readonly formats?: readonly Format[];
}

const claims: readonly Claim[] = [
  {
    name: 'the leading figure',
    claim: 'websocket 1.17 ms;',
    change: (result) => (during(result, 'websocket').operations.placeOrder.latencyUs.delivered.p99 = 9_000),
  },
  {
    name: 'the leading figure that is not reached',
    claim: 'queue not reached (31 % undelivered)',
    change: (result) => (during(result, 'queue').operations.placeOrder.latencyUs.delivered.p99 = 9_000),
  },
  {
    name: 'the guarantee a figure stands under',
    claim: 'broker’s page cache: stream',
    change: (result) => (trial(result, 'stream-slow-network-1').semantics.guarantee = 'replicated'),
  },
  {
    name: 'what was read wrongly without an error',
    claim: 'Read wrongly without an error – JSON: field renamed.',
    change: (result) => {
      for (const cell of result.evolution.cells) Object.assign(cell, { request: 'reads', answer: 'reads' });
    },
    formats: inFull,
  },
  {
    name: 'wires that agree',
    claim: 'field renamed protobuf all 3 reads reads',
    change: (result) => (result.evolution.cells.find(({ wire }: Loose) => wire === 'grpc').answer = 'defaults'),
    formats: inFull,
  },
  {
    name: 'reached beside not reached',
    claim: 'reached it, queue did not',
    change: (result) => (during(result, 'queue').operations.placeOrder.latencyUs.delivered.p99 = 9_000),
  },
  {
    name: 'lost beside none',
    claim: 'stream lost 12 acknowledged operations, rest, grpc, websocket and queue none',
    change: (result) => (trial(result, 'stream-slow-network-1').ledger.lost = 0),
  },
  {
    name: 'lost beside none, of one that lost some too',
    claim: 'stream lost 12 acknowledged operations, rest, grpc, websocket and queue none',
    change: (result) => (trial(result, 'grpc-slow-network-1').ledger.lost = 4),
  },
  {
    name: 'the lost of the run',
    claim: 'Lost: 12 of 75,000 acknowledged operations',
    change: (result) => (trial(result, 'rest-calm-1').ledger.lost = 1),
  },
  {
    name: 'the acknowledged of the run',
    claim: 'Lost: 12 of 75,000 acknowledged operations',
    change: (result) => (trial(result, 'rest-calm-1').ledger.acknowledged -= 100),
  },
  {
    name: 'applied twice',
    claim: 'applied twice: 3',
    change: (result) => (trial(result, 'stream-slow-network-1').ledger.duplicatesApplied = 0),
  },
  {
    name: 'the verdicts of the run',
    claim: '10 of 11 trials valid; 1 suspect: grpc-calm-1',
    change: (result) => (trial(result, 'rest-calm-1').verdict.status = 'invalid'),
  },
  {
    name: 'one repeat, no order',
    claim: 'One repeat gives no order',
    change: (result) => {
      for (const repeat of [2, 3]) {
        for (const one of structuredClone(fixtureResult().trials) as Loose[])
          result.trials.push({ ...one, repeat, id: one.id.replace(/1$/, String(repeat)) });
      }
      result.plan.repeats = 3;
    },
  },
  {
    name: 'thresholds that failed',
    claim: 'Of 4 thresholds 2 failed and 1 has no data.',
    change: (result) => (result.thresholds[0].status = 'pass'),
  },
  {
    name: 'a threshold’s figure',
    claim: '2.54 ms in rest-calm-1',
    change: (result) => (result.thresholds[1].actual = 3_100),
  },
  {
    name: 'the finding of a loss',
    claim: 'stream: 12 of 7,500 acknowledged operations lost under added latency',
    change: (result) => (trial(result, 'stream-slow-network-1').ledger.lost = 11),
  },
  {
    name: 'the finding of repeated effects',
    claim: 'stream: 3 repeated effects among 7,488 applied operations',
    change: (result) => (trial(result, 'stream-slow-network-1').ledger.applied = 7_400),
  },
  {
    name: 'the finding that nothing happened',
    claim: 'rest, grpc, websocket and queue: no acknowledged operation lost, none took effect twice, none corrupted',
    change: (result) => (trial(result, 'websocket-slow-network-1').ledger.corrupted = 1),
  },
  {
    name: 'not ok during the faults',
    claim: 'Not ok of what was offered during the faults: queue 31 %.',
    change: (result) =>
      Object.assign(during(result, 'queue').counts, { ok: during(result, 'queue').counts.offered, failed: 0 }),
  },
  {
    name: 'all ok in the end',
    claim: 'Every operation offered during the faults was ok in the end: rest, grpc, websocket and stream.',
    change: (result) => {
      const { counts } = during(result, 'grpc');
      Object.assign(counts, { ok: counts.ok - 1, failed: 1 });
    },
  },
  {
    name: 'when it recovered',
    claim: 'rest: replied and acknowledged within 494 ms',
    change: (result) => (trial(result, 'rest-slow-network-1').faults[0].removedAtMs += 700),
  },
  {
    name: 'the backlog',
    claim: 'Messages that waited in the broker, at most: queue 250.',
    change: (result) => {
      for (const point of trial(result, 'queue-slow-network-1').backlog.points) point.messages *= 2;
      trial(result, 'queue-slow-network-1').backlog.highest *= 2;
    },
  },
  {
    name: 'a cell of a percentile, with the instrument’s error',
    claim: '377 µs ± 98 µs',
    change: (result) => (trial(result, 'grpc-calm-1').verdict.figures.canary.p50Us = 60),
  },
  {
    name: 'a cell of a percentile',
    claim: '377 µs ± 98 µs',
    change: (result) =>
      (trial(result, 'grpc-calm-1').phases.steady.operations.placeOrder.latencyUs.delivered.p50 = 390),
  },
  {
    name: 'a doubt',
    claim: 'resolution, grpc-calm-1',
    change: (result) => Object.assign(trial(result, 'grpc-calm-1').verdict, { status: 'valid', reasons: [] }),
    formats: ['terminal'],
  },
  {
    name: 'goodput',
    claim: '345/s',
    change: (result) => (during(result, 'queue').goodputPerSecond = 200),
  },
  {
    name: 'CPU of a part',
    claim: '290 µs',
    change: (result) => {
      for (const one of result.trials) if (one.target === 'queue') one.cpu.brokerUsPerOperation = 301;
    },
  },
  {
    name: 'bytes of an operation',
    claim: '1.09 KiB',
    change: (result) => {
      for (const one of result.trials) if (one.target === 'queue') one.wire.bytesPerOperation = 900;
    },
  },
  {
    name: 'why operations were not ok',
    claim: '755 × connection reset',
    change: (result) => {
      for (const phase of Object.values(trial(result, 'queue-slow-network-1').phases) as Loose[])
        if (phase.errors?.['connection reset'] !== undefined) phase.errors['connection reset'] += 10;
    },
    formats: ['terminal', 'html'],
  },
  {
    name: 'a setting',
    claim: 'linger ms',
    change: (result) => {
      for (const one of result.trials) delete one.semantics.lingerMs;
    },
  },
  {
    name: 'reconnects',
    claim: 'can’t say 3 250 at 10 s',
    change: (result) => (trial(result, 'queue-slow-network-1').reconnects = 5),
  },
  {
    name: 'redelivered',
    claim: '250 at 10 s 4',
    change: (result) => (trial(result, 'queue-slow-network-1').backlog.redelivered = 5),
  },
];

const awayTrial = (result: Loose, target: string, repeat = 1) => trial(result, `${target}-service-away-${repeat}`);
const operationAway = (result: Loose, target: string, operation: string) =>
  awayTrial(result, target).phases.during.operations[operation];
const slowTrials = (result: Loose, target: string) =>
  result.trials.filter((one: Loose) => one.target === target && one.condition === 'slow-network');

/** The page draws the same outline: a few claims show that it does. */
const onScreen = ['screen', 'terminal', 'markdown'] as const;

/** Of what coupling costs. */
const couplingClaims: readonly Claim[] = [
  {
    name: 'who took all while the service was away',
    claim: 'Hand over to queue or stream if the service may be away',
    change: (result) => Object.assign(operationAway(result, 'queue', 'handOver').counts, { ok: 299, failed: 1 }),
    formats: onScreen,
  },
  {
    name: 'who did all in the end',
    claim: 'Hand over to queue or stream if the service may be away',
    change: (result) => (awayTrial(result, 'stream').blocks.phases.during.handOver.applied = '16:30:299'),
    formats: onScreen,
  },
  {
    name: 'who lost nothing',
    claim: 'Hand over to queue or stream if the service may be away',
    change: (result) => (awayTrial(result, 'queue', 2).ledger.lost = 1),
    formats: onScreen,
  },
  {
    name: 'whose state was whole',
    claim: 'Hand over to queue or stream if the service may be away',
    change: (result) => (awayTrial(result, 'stream', 3).ledger.stateLost = 4),
    formats: onScreen,
  },
  {
    name: 'in how many outages',
    claim: 'in 6 outages of 4.0 s they took all 1,800 operations',
    change: (result) => (awayTrial(result, 'queue').faults = []),
    formats: onScreen,
  },
  {
    name: 'how long the outages were',
    claim: 'in 6 outages of 4.0 s they took',
    change: (result) => (awayTrial(result, 'queue').faults[0].removedAtMs += 700),
    formats: onScreen,
  },
  {
    name: 'how soon all was done',
    claim: 'had them done within 1.0 s of its return',
    change: (result) => {
      for (const one of result.trials) for (const fault of one.faults) fault.removedAtMs -= 600;
    },
    formats: onScreen,
  },
  {
    name: 'what an outage that hit nobody says of others',
    claim: 'none failed in 6: at most 39 % of outages, 95 %',
    change: (result) => (awayTrial(result, 'queue').faults = []),
    formats: onScreen,
  },
  {
    name: 'what calls failed',
    claim: 'a call fails 37 % to 97 %',
    change: (result) => {
      for (const one of result.trials)
        if (one.condition === 'service-away') Object.assign(one.phases.during.operations.call.counts, { ok: 150 });
    },
    formats: onScreen,
  },
  {
    name: 'what handing over saves',
    claim: 'Handing over by rest, grpc or websocket saves 26.3–26.5 ms',
    change: (result) => {
      for (const one of result.trials)
        if (one.target === 'rest') one.phases.before.operations.call.latencyUs.offered.p90 += 900;
    },
    formats: onScreen,
  },
  {
    name: 'what handing over saves, of trials that count',
    claim: 'Handing over by rest, grpc or websocket saves',
    change: (result) => {
      for (const one of result.trials) if (one.target === 'grpc') one.verdict.status = 'suspect';
    },
    formats: onScreen,
  },
  {
    name: 'what a hand-over fails all the same',
    claim: '96 % to 97 % of it failed while the service was away',
    change: (result) => {
      for (const one of result.trials)
        if (one.target === 'websocket' && one.condition === 'service-away')
          one.phases.during.operations.handOver.counts.ok = 60;
    },
    formats: onScreen,
  },
  {
    name: 'what a slow network adds',
    claim: 'adds 40.1–43.0 ms to 9 of 10, 83.0 ms to call stream',
    change: (result) => {
      for (const one of slowTrials(result, 'stream')) one.phases.during.operations.call.latencyUs.offered.p90 += 9_000;
    },
    formats: onScreen,
  },
  {
    name: 'how the network was slow',
    claim: '20 ms more each way (slow-network)',
    change: (result) => {
      for (const one of slowTrials(result, 'grpc')) one.faults[0].settings.latencyMs = 30;
    },
    formats: onScreen,
  },
  {
    name: 'a cell of the time until the caller is free, with its spread',
    claim: '28.4 ±0.1',
    change: (result) => {
      for (const one of result.trials)
        if (one.target === 'grpc') one.phases.before.operations.call.latencyUs.offered.p90 *= 1 + 0.05 * one.repeat;
    },
    formats: onScreen,
  },
  {
    name: 'a cell of the time until work has begun',
    claim: '117 ±1 6.1 ±0.1',
    change: (result) => {
      for (const one of result.trials)
        if (one.target === 'stream') one.phases.before.operations.call.latencyUs.started.p90 += 2_000;
    },
    formats: onScreen,
  },
  {
    name: 'what was done later',
    claim: '40 % all service’s disk',
    change: (result) => (awayTrial(result, 'queue').blocks.phases.during.call.applied = '16:30:250'),
    formats: onScreen,
  },
  {
    name: 'who keeps it',
    claim: '40 % all service’s disk',
    change: (result) => {
      for (const one of result.trials) one.semantics['guarantee of replies'] = 'process memory';
    },
    formats: onScreen,
  },
  {
    name: 'what became of all of it',
    claim: 'Lost 0, done twice 0, state lost 0 of 225,000 acknowledged.',
    change: (result) => (result.trials[3].ledger.duplicatesApplied = 2),
    formats: ['screen'],
  },
  {
    name: 'what the trials are worth',
    claim: '30 of 30 trials valid here (± 113 µs at most; harness 41 % of the CPU).',
    change: (result) => (result.trials[3].cpu.harnessShare = 0.5),
    formats: ['screen'],
  },
  {
    name: 'why operations were not ok',
    claim: 'Not ok 5,913 of 54,000: 5,913 × connection refused.',
    change: (result) => (awayTrial(result, 'grpc').phases.during.errors = { 'deadline exceeded': 585 }),
    formats: ['screen'],
  },
  {
    name: 'a cell of what failed while something was down',
    claim: 'service killed 97 % 97 % 96 % 0 0 97 % 96 % 97 % 40 % 37 %',
    change: (result) => (operationAway(result, 'rest', 'handOver').counts.ok = 290),
    formats: inFull,
  },
  {
    name: 'outage against deadline',
    claim: 'handOver queue 3 4.0 0 0 all',
    change: (result) => (result.plan.resilience.deadlineMs = 2_000),
    formats: inFull,
  },
  {
    name: 'failed, and yet done',
    claim: '37 % 333 all',
    change: (result) => (awayTrial(result, 'stream').blocks.phases.during.call.applied = '16:30:299'),
    formats: inFull,
  },
  {
    name: 'outages of which none hit',
    claim: 'none in 3: at most 63 % of kills (95 %)',
    change: (result) => {
      for (const target of ['queue', 'stream'])
        Object.assign(operationAway(result, target, 'handOver').counts, { ok: 299, failed: 1 });
    },
    formats: inFull,
  },
];

const results = { fixture: fixtureResult, coupling: couplingResult };
const before = Object.fromEntries(
  Object.entries(results).map(([name, of]) => [
    name,
    Object.fromEntries(everywhere.map((format) => [format, plain(formats[format](of()))])),
  ]),
);

describe.each([
  ...inFull.map((format) => ['fixture', format, claims] as const),
  ...everywhere.map((format) => ['coupling', format, couplingClaims] as const),
])('%s, %s', (name, format, all) => {
  const told = all.filter(({ formats = everywhere }) => formats.includes(format));

  it.each(told.map((claim) => [claim.name, claim] as const))('changes what it says: %s', (_, { claim, change }) => {
    expect(before[name]?.[format]).toContain(claim);
    expect(plain(formats[format](changed(change, () => results[name]())))).not.toContain(claim);
  });
});
