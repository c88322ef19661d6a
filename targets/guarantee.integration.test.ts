/**
 * What an acknowledgement of each broker, or of a service with a file, is worth: it is watched with strace while messages are handed over one by
 * one. What is found is what the table in `guarantee.ts` says; trials themselves are never traced.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GuaranteeClass } from '../result/guarantee.ts';
import type { Pattern } from '../result/patterns.ts';
import { brokerOf } from '../scenarios/protocols/registry.ts';
import type { Request, RestTarget, Target } from '../scenarios/scenario.ts';
import { outcomes } from './driver.ts';
import { directQueue as queue, directSqs as sqs, directStream as stream } from './driver-suite/direct-targets.ts';
import { RecordedSession } from './driver-suite/recorded-session.ts';
import { startOwnBrokers } from './driver-suite/start-own-brokers.ts';
import { guaranteeOf } from './guarantee.ts';
import { freePort } from './process/free-port.ts';
import { treePids } from './process/process-tree.ts';
import { startReferenceService } from './process/reference-service.ts';
import { loadProtocol } from './registry.ts';
import { type RunningStack, requireBroker } from './stack/stack.ts';

/** Handed over one after the other, so that no flush can serve two of them. */
const messages = 40;
const calls = 'fsync,fdatasync,msync,write,writev,pwrite64,pwritev,pwritev2';

/** strace is a small package of the system: installed where that is allowed. null: it works; else why it does not. */
function whyNoStrace(): string | null {
  const works = () => execFileSync('strace', ['-qq', '-e', 'trace=none', 'true'], { stdio: 'pipe' });
  try {
    works();
    return null;
  } catch {
    try {
      execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'strace'], {
        stdio: 'pipe',
        timeout: 60_000,
      });
      works();
      return null;
    } catch (error) {
      return `strace can be neither run nor installed here: ${String(error).slice(0, 200)}`;
    }
  }
}

const reason = whyNoStrace();
if (reason !== null) process.stdout.write(`what acknowledgements are worth is not found out again: ${reason}\n`);

const rest: RestTarget = {
  ...{ name: 'rest', protocol: 'rest', engine: 'native', via: 'direct', connections: 1, store: 'file' },
};
type Found = 'flushed for each' | 'written' | 'in memory';
interface Case {
  readonly label: string;
  readonly target: Target;
  readonly found: Found;
  /** Left out: it is handed over. */
  readonly pattern?: Pattern;
}
const cases: readonly Case[] = [
  {
    label: 'by reply of a service with store: file',
    target: rest,
    found: 'flushed for each',
    pattern: 'request-reply',
  },
  { label: 'accepted by a service with store: file', target: rest, found: 'flushed for each' },
  { label: 'durable queue, confirms', target: queue, found: 'flushed for each' },
  { label: 'quorum queue, confirms', target: { ...queue, queue: { type: 'quorum' } }, found: 'flushed for each' },
  { label: 'RabbitMQ stream, confirms', target: { ...queue, queue: { type: 'stream' } }, found: 'written' },
  { label: 'transient queue, confirms', target: { ...queue, durable: false }, found: 'in memory' },
  { label: 'SQS, which is ElasticMQ here', target: sqs, found: 'in memory' },
  { label: 'topic of one replica, acks: all', target: stream, found: 'written' },
  { label: 'topic of one replica, acks: 1', target: { ...stream, acks: 1 }, found: 'written' },
];
const classes = {
  'flushed for each': 'broker’s disk (flushed)',
  written: 'broker’s page cache',
  'in memory': 'process memory',
} as const satisfies Record<Found, GuaranteeClass>;

let stack: RunningStack;
let directory: string;

describe.skipIf(reason !== null)('an acknowledgement means that the message is', () => {
  beforeAll(async () => {
    directory = await mkdtemp(join(os.tmpdir(), 'wirebench-guarantee-'));
    stack = await startOwnBrokers('rabbitmq', 'kafka', 'sqs');
  });
  afterAll(async () => {
    await stack?.down();
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  });

  it.each(cases)('$found: $label', async ({ target, found, pattern = 'one-way' }) => {
    const { flushes, writes } = await watchOrders(target, pattern);
    // A broker has other things to flush now and then, yet not once a message.
    const seen = flushes >= messages ? 'flushed for each' : writes >= messages ? 'written' : 'in memory';
    expect({ seen, flushes, writes }).toEqual({ seen: found, flushes, writes });
    if (seen !== 'flushed for each') expect(flushes).toBeLessThan(messages / 4);
    expect(guaranteeOf(target, stack)).toBe(target.store === 'file' ? 'service’s disk (flushed)' : classes[seen]);
  });
});

interface Seen {
  readonly flushes: number;
  /** To files, not to sockets. */
  readonly writes: number;
}

let opened = 0;

/** The process that promises: the broker, or the service where there is none. */
async function watchOrders(target: Target, pattern: Pattern): Promise<Seen> {
  const entry = await loadProtocol(target);
  const name = brokerOf(target);
  const broker = name === null ? null : requireBroker(stack.brokers, name).directAddress;
  const port = broker === null ? await freePort() : 0;
  const tag = `guarantee-${process.pid}-${opened++}`;
  const names = entry.resourceNames(tag, target);
  const service = await startReferenceService(
    entry.servicePath,
    {
      ...{ protocol: target.protocol, target, port, broker, names, evidencePath: join(directory, tag) },
      ...{ population: { readable: 0, cancellable: 0 }, workTimeMs: 0, rejectRatio: 0, seed: 1 },
    },
    join(directory, `${tag}.log`),
  );
  const { requests, settings } = entry.preset(target, names, { placeOrder: { pattern } });
  const session = await RecordedSession.open({
    driver: entry.driver,
    target: { ...target, ...settings, requests } as Target,
    address: broker ?? `127.0.0.1:${port}`,
    trialTag: tag,
    operations: { placeOrder: { pattern, request: requests.placeOrder as Request } },
    payloads: { placeOrder: [Buffer.alloc(256, 'x')] },
  });
  try {
    await session.run('placeOrder');
    const root = (name === null ? service.process : stack.processes[name])?.pid ?? 0;
    const trace = join(directory, `${tag}.trace`);
    const tracer = await startStrace(treePids(root), trace);
    await sleep(500);
    const idle = await countCalls(trace);
    for (let n = 0; n < messages; n++) {
      const { outcome } = await session.run('placeOrder');
      expect(outcome).toBe(outcomes.ok);
    }
    await sleep(300);
    tracer.kill('SIGINT');
    await once(tracer, 'exit');
    const after = await countCalls(trace);
    return { flushes: after.flushes - idle.flushes, writes: after.writes - idle.writes };
  } finally {
    await session.close();
    await service.stop();
  }
}

async function startStrace(pids: readonly number[], path: string): Promise<ChildProcess> {
  const attach = pids.flatMap((pid) => ['-p', String(pid)]);
  const tracer = spawn('strace', ['-f', '-y', '-s', '0', '-e', `trace=${calls}`, '-o', path, ...attach], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await once(tracer.stderr as NonNullable<typeof tracer.stderr>, 'data');
  return tracer;
}

/** To the broker's files of messages, or the service's state; logs, sockets and devices are none. */
async function countCalls(path: string): Promise<Seen> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  const files = lines.filter((line) =>
    /^\d+ +\w+\(\d+<\/.*\/((queues|quorum|stream|msg_stores?|wb-|requests|[^/>]*-\d+)\/|[^/>]*\.state(-wal)?>)/.test(
      line,
    ),
  );
  return {
    flushes: files.filter((line) => /^\d+ +(fsync|fdatasync|msync)/.test(line)).length,
    writes: files.filter((line) => /^\d+ +p?write/.test(line)).length,
  };
}
