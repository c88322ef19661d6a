/** Stacks of their own, started and ended in every way: nothing may be left of any. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BenchError } from '../../result/bench-error.ts';
import { descendantsOf } from '../process/descendants.ts';
import { freePort } from '../process/free-port.ts';
import { isRunning, until } from '../process/until.ts';
import { ensurePrograms } from './install.ts';
import { probeKafka } from './kafka/node.ts';
import { startPart } from './native/start-part.ts';
import { type ProgramPaths, startNativeStack } from './native-stack.ts';
import { probeRabbitmq } from './rabbitmq/probe.ts';
import { runsDirectory, sweepLeftovers } from './run-directory.ts';
import { type RunningStack, requireBroker } from './stack.ts';

const everything = { toxiproxy: true, brokers: { rabbitmq: 1, kafka: 1 } };
const never = new AbortController().signal;
const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-native-'));
let paths: ProgramPaths;

beforeAll(async () => {
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  paths = await ensurePrograms(['toxiproxy', 'rabbitmq', 'kafka'], { confirm: async () => true, log, signal: never });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Those of this test's own runs. */
function ownRunDirectories(): string[] {
  return readdirSync(runsDirectory()).filter((name) => {
    const note = join(runsDirectory(), name, 'owner.json');
    return existsSync(note) && JSON.parse(readFileSync(note, 'utf8')).owner.pid === process.pid;
  });
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable('it started'),
    (error: unknown) => error as BenchError,
  );

describe('a native stack', () => {
  let stack: RunningStack;
  beforeAll(async () => {
    stack = await startNativeStack(everything, paths, never);
  });
  afterAll(() => stack?.down());

  it('tells the versions of its running parts', () => {
    expect(stack.versions).toEqual({
      toxiproxy: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      rabbitmq: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      kafka: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
  });

  it('answers on every way to every broker', async () => {
    const [rabbitmq, kafka] = [requireBroker(stack.brokers, 'rabbitmq'), requireBroker(stack.brokers, 'kafka')];
    for (const address of [rabbitmq.directAddress, rabbitmq.links.client?.address, rabbitmq.links.service?.address]) {
      expect(await probeRabbitmq(address ?? 'none')).toBe(stack.versions.rabbitmq);
    }
    for (const address of [kafka.directAddress, kafka.links.client?.address, kafka.links.service?.address]) {
      await probeKafka(address ?? 'none');
    }
  });

  it('listens on loopback only', () => {
    const listening = new Set(['tcp', 'tcp6'].flatMap((kind) => openToAll(kind)));
    for (const pid of descendantsOf(process.pid)) {
      for (const inode of socketsOf(pid)) expect([pid, listening.has(inode)]).toEqual([pid, false]);
    }
  });

  it('has the pid of each part itself, of which the CPU grows under work', async () => {
    const { toxiproxy, rabbitmq, kafka } = stack.processes;
    const command = (pid = 0) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0];
    expect(command(toxiproxy?.pid)).toMatch(/toxiproxy/);
    expect(command(rabbitmq?.pid)).toMatch(/beam\.smp$/);
    expect(command(kafka?.pid)).toMatch(/java$/);
    const before = rabbitmq?.cpuUs() ?? 0;
    for (let probes = 0; probes < 10; probes++) await probeRabbitmq(stack.brokers.rabbitmq?.directAddress ?? '');
    expect(rabbitmq?.cpuUs()).toBeGreaterThan(before);
  });

  it('is gone without a trace after down, which can be called twice', async () => {
    const children = descendantsOf(process.pid);
    expect(children.length).toBeGreaterThanOrEqual(4); // three parts and Erlang's port mapper
    await Promise.all([stack.down(), stack.down()]);
    await until('all are gone', () => !children.some(isRunning));
    expect(existsSync(stack.directory)).toBe(false);
    expect(ownRunDirectories()).toEqual([]);
  });
});

describe('a stack whose start ends early', () => {
  it.each([50, 1_500])('leaves nothing when it is interrupted after %i ms', async (afterMs) => {
    const controller = new AbortController();
    const before = descendantsOf(process.pid);
    const starting = failure(startNativeStack(everything, paths, controller.signal));
    await sleep(afterMs);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await starting).toBe(reason);
    expect(descendantsOf(process.pid).filter((pid) => !before.includes(pid))).toEqual([]);
    expect(ownRunDirectories()).toEqual([]);
  });

  it('ends all parts when one cannot start, and keeps the logs alone', async () => {
    const before = descendantsOf(process.pid);
    const broken = { ...paths, rabbitmq: '/nowhere/rabbitmq-server' };
    const error = await failure(startNativeStack(everything, broken, never));
    expect(error).toMatchObject({ code: 'cannotStart', exitCode: 3 });
    expect(error.message).toMatch(/RabbitMQ.*\/nowhere/);
    expect(descendantsOf(process.pid).filter((pid) => !before.includes(pid))).toEqual([]);
    const [kept, ...more] = ownRunDirectories();
    expect(more).toEqual([]);
    const left = readdirSync(join(runsDirectory(), kept ?? ''));
    expect(left.filter((name) => name !== 'owner.json' && !name.endsWith('.log'))).toEqual([]);
    rmSync(join(runsDirectory(), kept ?? ''), { recursive: true });
  });

  it('leaves nothing but a folder when it is killed while its parts start, and the next start removes that', async () => {
    const temporary = mkdtempSync(join(folder, 'killed-'));
    const owner = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'stack-owner.ts')], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    owner.stdout.on('data', (chunk) => {
      said += chunk;
    });
    await until('it starts', () => said.includes('starting'));
    const atLeastThree = () => {
      const children = descendantsOf(owner.pid ?? 0);
      return children.length >= 3 ? children : null;
    };
    const children = await until('three of its parts run', atLeastThree, 30_000);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await until('all are gone', () => !children.some(isRunning));
    const [runs = ''] = readdirSync(temporary);
    expect(readdirSync(join(temporary, runs))).toHaveLength(1);
    expect(await sweepLeftovers(join(temporary, runs))).toHaveLength(1);
    expect(readdirSync(join(temporary, runs))).toEqual([]);
  });
});

describe('a part that does not get ready', () => {
  let silent: Server;
  beforeAll(async () => {
    silent = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => silent.close());
  const silentAddress = () => {
    const address = silent.address();
    return `127.0.0.1:${typeof address === 'object' ? address?.port : address}`;
  };

  it.each([
    ['RabbitMQ', probeRabbitmq],
    ['Kafka', probeKafka],
  ])('%s that accepts and says nothing: given up at the deadline, with the end of the log', async (name, probe) => {
    const logPath = join(folder, `${name}.log`);
    const options = { name, logPath, command: 'sh', args: ['-c', 'echo booting; echo $$; exec sleep 60'] };
    const begun = Date.now();
    const error = await failure(
      startPart({ ...options, startDeadlineMs: 1_000, probe: async () => void (await probe(silentAddress())) }, never),
    );
    expect(Date.now() - begun).toBeLessThan(8_000);
    expect(error).toMatchObject({ code: 'partNotReady', exitCode: 3 });
    expect(error.message).toMatch(/not ready within 1 s/);
    expect(error.hint).toMatch(/booting/);
    expect(error.hint).toContain(logPath);
    expect(isRunning(Number(readFileSync(logPath, 'utf8').split('\n')[1]))).toBe(false);
  });

  it('because its port is taken: its own words are shown', async () => {
    const port = await freePort();
    const squatter = createServer().listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    try {
      const args = ['-host', '127.0.0.1', '-port', String(port)];
      const error = await failure(
        startPart(
          {
            name: 'Toxiproxy',
            command: paths.toxiproxy ?? '',
            args,
            logPath: join(folder, 'taken.log'),
            startDeadlineMs: 2_000, // it stays, without its port
            probe: () => Promise.reject(new Error('not asked')),
          },
          never,
        ),
      );
      expect(error.hint).toMatch(/address already in use/);
    } finally {
      squatter.close();
    }
  });
});

/** Inodes of TCP sockets that listen at an address other than loopback. */
function openToAll(kind: string): string[] {
  const loopback = /^(0100007F|00000000000000000000000001000000|0000000000000000FFFF00000100007F):/;
  return readFileSync(`/proc/net/${kind}`, 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => state === '0A' && !loopback.test(local))
    .map((fields) => fields[9] ?? '');
}

function readlink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(readlink(`/proc/${pid}/fd/${fd}`)) ?? [];
      return inode === undefined ? [] : [inode];
    });
  } catch {
    return [];
  }
}
