/**
 * For tests: servers that mean no good, to all protocols and clients: a run ends within the documented time and with the right exit
 * code, says why, counts everything once, and stays small. Rows run several at once, for most of them only wait.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Protocol, RunResult } from '../result/result-types.ts';
import { frame } from '../targets/driver-kit/http2/http2-frames.ts';
import {
  type HostileServer,
  hostileFromTheStart,
  hostileLater,
  hostileTopic,
  type Malice,
  malices,
  pours,
  sentText,
} from '../targets/driver-suite/hostile-server.ts';
import { type SharedTestStack, sharedTestStack } from '../targets/stack/shared-test-stack.ts';
import { BenchProcess } from './bench-process.ts';
import { benchRig, measuredExits } from './bench-rig.ts';

const rig = benchRig('hostile');
const mostBytes = 600 * 1024 * 1024;
/** About 15 s of a silent peer, which SECURITY.md names, and what several runs at once on a busy machine make of that. */
const mostMs = 45_000;
let stack: SharedTestStack;

beforeAll(async () => {
  stack = await sharedTestStack({ rabbitmq: true });
});

afterAll(async () => {
  await stack.down();
});

const clients = {
  rest: ['own', 'undici'],
  grpc: ['own', 'grpc-js'],
  websocket: ['own', 'ws'],
  queue: ['amqplib'],
  stream: ['platformatic', 'kafkajs'],
} as const satisfies Partial<Record<Protocol, readonly string[]>>;
type Attacked = keyof typeof clients;
const attacked = Object.keys(clients) as Attacked[];

function targetOf(protocol: Attacked, client: string, address: string): string {
  const proto = join(import.meta.dirname, '..', 'targets', 'grpc', 'fixtures', 'interop.proto');
  const client_ = client === 'amqplib' ? '' : `client: ${client},`;
  const request = {
    rest: `{ method: POST, path: /, body: "${sentText}" }`,
    grpc: `{ method: grpc.testing.TestService/UnaryCall, message: { payload: { body: "{{payloadBase64}}" } } }`,
    websocket: `{ message: "${sentText}" }`,
    queue: `{ exchange: "", routingKey: amq.rabbitmq.reply-to, body: "${sentText}" }`,
    stream: `{ topic: ${hostileTopic}, value: "${sentText}" }`,
  }[protocol];
  const scheme = { rest: 'http://', grpc: '', websocket: 'ws://', queue: 'amqp://', stream: '' }[protocol];
  const more = protocol === 'grpc' ? `proto: ${proto}, ` : '';
  return `{ protocol: ${protocol}, address: "${scheme}${address}", via: direct, ${client_} ${more} requests: { send: ${request} } }`;
}

interface Outcome {
  readonly exit: number | null;
  readonly took: number;
  readonly bytes: number;
  readonly stderr: string;
  readonly result: RunResult | null;
}

let runs = 0;

/** One run against it; `bytes`: the most that any process of the run had resident. */
async function play(protocol: Attacked, client: string, server: HostileServer): Promise<Outcome> {
  const number = runs++;
  const out = rig.newOut();
  const path = rig.write(
    `hostile-${number}.yaml`,
    `name: hostile
workload: { operations: { send: { pattern: request-reply, payload: p } }, payloads: { p: { size: 100B } } }
load: { model: open, arrivals: constant, rate: 50/s, warmup: 0ms, duration: 500ms }
resilience: { timeout: 300ms, deadline: 500ms }
conditions: { calm: [] }
targets: { t: ${targetOf(protocol, client, server.address)} }
`.replace('request-reply', protocol === 'queue' || protocol === 'stream' ? 'one-way' : 'request-reply'),
  );
  const begun = performance.now();
  const bench = new BenchProcess(['run', path, '--yes', '--out', out, '--format', 'json']);
  let bytes = 0;
  let isOver = false;
  const watch = (async () => {
    for (; !isOver; await sleep(100)) {
      for (const pid of [bench.pid, ...bench.descendants()]) bytes = Math.max(bytes, highestResident(pid));
    }
  })();
  const timer = setTimeout(() => bench.child.kill('SIGKILL'), mostMs + 5_000);
  const { code, stderr } = await bench.exited;
  clearTimeout(timer);
  isOver = true;
  await watch;
  const took = performance.now() - begun;
  return { exit: code, took, bytes, stderr, result: existsSync(join(out, 'result.json')) ? rig.read(out) : null };
}

function highestResident(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readOptional(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

function readOptional(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function expectBounded({ took, bytes, stderr, result }: Outcome): void {
  expect(stderr).not.toMatch(/bug of Wirebench/);
  expect(took).toBeLessThan(mostMs);
  expect(bytes).toBeLessThan(mostBytes);
  for (const trial of result?.trials ?? []) {
    for (const { counts } of Object.values(trial.phases)) {
      expect(counts.ok + counts.rejected + counts.failed + counts.timedOut + counts.dropped).toBe(counts.offered);
    }
  }
}

const all = attacked.flatMap((protocol) => clients[protocol].map((client) => ({ protocol, client })));

/** Of attempts to which nothing comes; the last: of those that waited for one that did not end. */
const waits = ['timeout', 'deadline', 'notSent'];
function expectMeasured(outcome: Outcome, reasons: readonly string[]): void {
  expect(measuredExits).toContain(outcome.exit);
  const { counts, errors } = outcome.result?.trials[0]?.phases.steady ?? {};
  expect(counts).toMatchObject({ offered: 25, ok: 0 });
  const told = Object.keys(errors ?? {});
  // A flood keeps the generator busy, too: what it could not send in time it says itself.
  const possible = [...reasons, 'sentLate'];
  expect(told.filter((reason) => !possible.includes(reason))).toEqual([]);
  expect(told.length).toBeGreaterThan(0);
}

const webSocketFrame = (first: number, payload: Buffer) =>
  Buffer.concat([Buffer.from([first, payload.length]), payload]);
const zeros = Buffer.alloc(16_000);
const nothing = Buffer.alloc(0);
const grpcHead = Buffer.concat([Buffer.from([0x88, 0x5f, 0x10]), Buffer.from('application/grpc')]);
/** Each begins to pour, and never ends: what it pours, and what comes of the attempts. */
const pouring: Readonly<Record<Attacked, Readonly<Record<'flood' | 'bomb', readonly [Malice, readonly string[]]>>>> = {
  rest: {
    flood: [pours(Buffer.from('HTTP/1.1 200 OK\r\n'), Buffer.from('x-more: of the same\r\n')), ['oversized answer']],
    bomb: [pours(Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 40000000000\r\n\r\n'), zeros), ['oversized answer']],
  },
  grpc: {
    flood: [
      pours(nothing, frame(6, 0, 0, Buffer.alloc(8))),
      ['flooded with PING', 'malformed answer', 'connection closed'], // the latter two: of node:http2
    ],
    bomb: [
      pours(
        Buffer.concat([frame(1, 4, 1, grpcHead), frame(0, 0, 1, Buffer.from([0, 0x7f, 0xff, 0xff, 0xff]))]),
        frame(0, 0, 1, zeros),
      ),
      ['oversized answer', 'malformed answer'], // the latter: of what goes on behind a stream that has ended
    ],
  },
  websocket: {
    flood: [pours(nothing, webSocketFrame(0x89, Buffer.alloc(100))), []],
    bomb: [pours(Buffer.from([0x82, 127, 0, 0, 0, 100, 0, 0, 0, 0]), zeros), ['oversized answer']],
  },
  queue: {
    flood: [pours(nothing, Buffer.from([8, 0, 0, 0, 0, 0, 0, 0xce])), []],
    bomb: [pours(Buffer.from([3, 0, 1, 0x7f, 0xff, 0xff, 0xff]), zeros), ['connection closed']],
  },
  stream: {
    flood: [pours(nothing, Buffer.from([0, 0, 0, 4, 0x7f, 0xff, 0xff, 0xff])), ['connection closed']],
    bomb: [pours(Buffer.from([0x7f, 0xff, 0xff, 0xff]), zeros), ['malformed answer']],
  },
};

export interface Attack {
  readonly client: string;
  /** What the server does. */
  readonly name: string;
}

/** The product's own clients in all of it, and each other one where it has to be bounded in memory: `npm test` has time for these. */
export function isAmongTheFirst({ client, name }: Attack): boolean {
  const others: readonly string[] = attacked.flatMap((protocol) => clients[protocol].slice(1));
  return !others.includes(client) || name === 'bomb';
}

export function describeHostileServers(isPlayed: (attack: Attack) => boolean): void {
  describe.concurrent('from the first byte on', () => {
    const rows = all
      .flatMap((one) => (['silence', 'garbage'] as const).map((name) => ({ ...one, name })))
      .filter(isPlayed);

    it.each(rows)('$protocol with $client: $name', async ({ protocol, client, name }) => {
      const server = await hostileFromTheStart(malices[name]);
      try {
        const outcome = await play(protocol, client, server);
        expectBounded(outcome);
        if (protocol === 'rest') {
          expectMeasured(outcome, name === 'silence' ? waits : ['malformed answer', ...waits]);
          return;
        }
        expect(outcome.exit).toBe(3);
        expect(outcome.stderr).toMatch(new RegExp(`at (\\w+://)?${server.address} cannot be used: `));
        if (protocol === 'stream' && name === 'garbage') expect(outcome.stderr).toContain('does not speak Kafka');
      } finally {
        await server.close();
      }
    });
  });

  describe.concurrent('once the load has come', () => {
    const rows = all
      .flatMap((one) => [
        { ...one, name: 'silence', malice: malices.silence as Malice, reasons: waits },
        {
          ...{ ...one, name: 'garbage', malice: malices.garbage as Malice },
          reasons: ['malformed answer', 'connection closed', ...waits],
        },
        ...Object.entries(pouring[one.protocol]).map(([name, [malice, reasons]]) => {
          return { ...one, name, malice, reasons: [...reasons, ...waits] };
        }),
      ])
      .filter(isPlayed);

    it.each(rows)('$protocol with $client: $name', async ({ protocol, client, malice, reasons }) => {
      const server = await hostileLater(protocol, malice, stack.broker('rabbitmq').directAddress);
      try {
        const outcome = await play(protocol, client, server);
        expectBounded(outcome);
        expectMeasured(outcome, reasons);
      } finally {
        await server.close();
      }
    });
  });
}
