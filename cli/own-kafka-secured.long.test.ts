/** A Kafka that is secured by its own means: TLS, each mechanism of SASL, rights; by both clients, through Toxiproxy. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFailed, vi } from 'vitest';
import type { RunResult } from '../result/result-types.ts';
import {
  type SecuredKafka,
  type SecuredListener,
  startSecuredKafka,
  unsecuredToken,
} from '../targets/driver-suite/secured-kafka.ts';
import type { SupervisedProcess } from '../targets/process/supervised-process.ts';
import { leaderOf } from '../targets/stack/kafka/partition-leader.ts';
import { kafkaProgram } from '../targets/stack/kafka/program.ts';
import { createTopics } from '../targets/stream/create-topics.ts';
import { type BenchExit, BenchProcess, runBench } from './bench-process.ts';
import { benchRig, measuredExits } from './bench-rig.ts';
import { expectAllOk } from './shown-scenarios.ts';

const rig = benchRig('own-kafka-secured');
const pem = (name: string) => join(import.meta.dirname, '..', 'targets/fixtures/tls', `${name}.pem`);
const trusting = `ca: ${pem('authority')}`;
const shown = `${trusting}, cert: ${pem('client')}, key: ${pem('client-key')}`;
const hasKafka = (await kafkaProgram.find()) !== null;
if (!hasKafka) process.stderr.write('Kafka is left out, for it is not installed\n');

const clients = ['platformatic', 'kafkajs'] as const;
const login = (mechanism: string, username = 'clerk', password = 'secret') =>
  `{ mechanism: ${mechanism}, username: ${username}, password: ${password} }`;

interface Secured {
  readonly listener: SecuredListener;
  readonly tls?: string;
  readonly sasl?: string;
  readonly more?: string;
  readonly topic?: string;
}

let kafka: SecuredKafka;

function scenario(rows: Readonly<Record<string, Secured>>, conditions: string, load: string): string {
  const targets = Object.entries(rows).flatMap(([name, { listener, tls, sasl, more = '', topic = 'orders' }]) =>
    clients.map((client) => {
      const keys = [
        `protocol: stream, client: ${client}, address: "${kafka.addresses[listener]}"`,
        ...(tls === undefined ? [] : [`tls: { ${tls} }`]),
        ...(sasl === undefined ? [] : [`sasl: ${sasl}`]),
        ...(more === '' ? [] : [more]),
        `requests: { send: { topic: ${topic}, key: "{{key}}", value: "{{id}}" } }`,
      ];
      return `  ${name}-${client}: { ${keys.join(', ')} }\n`;
    }),
  );
  return `name: secured
workload: { operations: { send: { pattern: one-way } } }
load: { model: open, rate: 100/s, warmup: 200ms, ${load}, threads: 1 }
conditions: ${conditions}
targets:
${targets.join('')}`;
}

describe.skipIf(!hasKafka)('one broker', () => {
  beforeAll(async () => {
    const directory = join(rig.folder, 'one');
    mkdirSync(directory);
    kafka = (await startSecuredKafka(directory)) as SecuredKafka;
    const admin = { clientId: 'test', bootstrapBrokers: [kafka.addresses.direct] };
    await createTopics(admin, { topics: ['orders'], partitions: 3, replicas: 1 });
  }, 120_000);
  afterAll(() => kafka?.down());

  it('takes a load of every mechanism and of a certificate, and a latency of Toxiproxy’s shows', async () => {
    const tls = trusting;
    const text = scenario(
      {
        plain: { listener: 'sasl', tls, sasl: login('plain') },
        scram256: { listener: 'sasl', tls, sasl: login('scram-sha-256') },
        scram512: { listener: 'sasl', tls, sasl: login('scram-sha-512'), more: 'consume: true' },
        token: { listener: 'sasl', tls, sasl: `{ mechanism: oauthbearer, token: ${unsecuredToken('clerk')} }` },
        certificate: { listener: 'asking', tls: shown, more: 'consume: true' },
      },
      '{ slow: [ { at: 40%, for: 60%, fault: latency, latency: 50ms } ] }',
      'duration: 3s',
    );
    const { result } = await rig.play(text);
    expect(result.trials).toHaveLength(10);
    for (const trial of result.trials) {
      const { before, during } = trial.phases;
      expectAllOk(before);
      expectAllOk(during);
      expect(trial.faults.map(({ proof }) => proof)).not.toContain(null);
      const [usual, slow] = [before, during].map((phase) => phase?.latencyUs.offered.p50 ?? 0) as [number, number];
      expect(slow - usual).toBeGreaterThan(40_000);
    }
  });

  const tls = trusting;
  const wrong: Readonly<Record<string, Secured & { readonly told: RegExp }>> = {
    'wrong-password': {
      ...{ listener: 'sasl', tls, sasl: login('plain', 'clerk', 'wrong') },
      told: /the broker refuses user clerk \(plain\): not known, or the wrong password$/,
    },
    'wrong-scram': {
      ...{ listener: 'sasl', tls, sasl: login('scram-sha-256', 'clerk', 'wrong') },
      told: /the broker refuses user clerk \(scram-sha-256\): not known, or the wrong password$/,
    },
    'unknown-user': {
      ...{ listener: 'sasl', tls, sasl: login('scram-sha-512', 'nobody') },
      told: /the broker refuses user nobody \(scram-sha-512\): not known, or the wrong password$/,
    },
    'wrong-token': {
      ...{ listener: 'sasl', tls, sasl: '{ mechanism: oauthbearer, token: nonsense }' },
      told: /the broker refuses the token \(oauthbearer\), or no login is taken on that port$/,
    },
    'unknown-authority': {
      ...{ listener: 'sasl', tls: '', sasl: login('plain') },
      told: /certificate of an unknown authority$/,
    },
    'wrong-name': {
      ...{ listener: 'sasl', tls: `${trusting}, serverName: other.test`, sasl: login('plain') },
      told: /certificate of another host: Host: other\.test\. /,
    },
    'other-host': { listener: 'otherHost', tls, told: /certificate of another host: Host: localhost\. / },
    expired: { listener: 'expired', tls, told: /certificate expired$/ },
    'no-certificate': { listener: 'asking', tls, told: /client certificate (required|refused)$/ },
    'no-tls': { listener: 'sasl', sasl: login('plain'), told: /what answers there does not speak Kafka$/ },
    'no-login': { listener: 'sasl', tls, told: /it closes the connection$/ },
    'login-in-vain': { listener: 'direct', sasl: login('plain'), told: /no login is taken on that port$/ },
    'tls-in-vain': { listener: 'direct', tls, told: /no TLS spoken there$/ },
    'no-rights': {
      ...{ listener: 'sasl', tls, sasl: login('plain', 'guest', 'guest') },
      told: /user guest may not use topic orders$/,
    },
    'no-topic': {
      ...{ listener: 'sasl', tls, sasl: login('plain'), topic: 'nowhere' },
      told: /topic nowhere is not there$/,
    },
  };
  const targets = Object.keys(wrong).flatMap((name) => clients.map((client) => `${name}-${client}`));

  describe('tells of all that it refuses before any trial', () => {
    let exit: BenchExit & { readonly tookMs: number; readonly result: RunResult | null };

    beforeAll(async () => {
      const path = rig.write('wrong.yaml', scenario(wrong, '{ calm: [] }', 'duration: 1s'));
      const [out, begunMs] = [rig.newOut(), performance.now()];
      const ended = await runBench(['run', path, '--yes', '--out', out]);
      const result = existsSync(join(out, 'result.json')) ? rig.read(out) : null;
      exit = { ...ended, tookMs: performance.now() - begunMs, result };
    }, 300_000);

    it('with an exit code of a set-up that failed, soon, without a trace of our own code or a partial start', () => {
      expect(exit.code).toBe(3);
      expect(exit.stderr).toContain(`${targets.length} of ${targets.length} targets cannot be used`);
      expect(exit.stderr).not.toMatch(/bug of Wirebench|^ +at /m);
      expect(exit.stderr).not.toMatch(/secret|nonsense/);
      expect(exit.result?.trials ?? []).toEqual([]);
      expect(exit.tookMs).toBeLessThan(targets.length * 8_000);
    });

    it.each(targets)('%s', (target) => {
      const line = exit.stderr.split('\n').find((text) => text.trim().startsWith(`${target}: `));
      const { listener, told } = wrong[target.replace(/-[a-z]+$/, '')] as (typeof wrong)[string];
      expect(line).toContain(`Kafka at ${kafka.addresses[listener]} (through Toxiproxy) cannot be used: `);
      expect(line).toMatch(told);
    });
  });
});

describe.skipIf(!hasKafka)('three brokers behind links', () => {
  let leaders: () => Promise<(number | null)[]>;

  beforeAll(async () => {
    const directory = join(rig.folder, 'three');
    mkdirSync(directory);
    kafka = (await startSecuredKafka(directory, 3)) as SecuredKafka;
    const { direct } = kafka.addresses;
    const admin = { clientId: 'test', bootstrapBrokers: direct.split(',') };
    await createTopics(admin, { topics: ['orders'], partitions: 3, replicas: 3 });
    leaders = () => Promise.all([0, 1, 2].map((partition) => leaderOf(direct, 'orders', partition).catch(() => null)));
  }, 120_000);
  afterAll(() => kafka?.down());

  /** One that is not there when the run begins, or goes in its midst; it comes back while a fault is on. */
  it.each(clients.flatMap((client) => [1, 3].map((id) => ({ client, id, joins: id === 3 }))))(
    '$client follows broker $id, and dials it by its link (joins: $joins)',
    async ({ client, id, joins }) => {
      const broker = kafka.brokers[id - 1] as SupervisedProcess;
      await vi.waitFor(async () => expect(new Set(await leaders()).size).toBe(3), { timeout: 60_000, interval: 500 });
      const gone = async () => {
        await broker.kill();
        const led = async () => expect(await leaders()).not.toEqual(expect.arrayContaining([id]));
        await vi.waitFor(led, { timeout: 60_000, interval: 500 });
      };
      if (joins) await gone();
      const rows = { own: { listener: 'sasl', tls: trusting, sasl: login('scram-sha-256') } } as const;
      const text = scenario(
        rows,
        '{ slow: [ { at: 10%, for: 80%, fault: latency, latency: 50ms } ] }',
        'duration: 45s',
      );
      const out = rig.newOut();
      const path = rig.write(`three-${client}-${id}.yaml`, text);
      const bench = new BenchProcess(['run', path, '--yes', '--target', `own-${client}`, '--out', out]);
      onTestFailed(() => void bench.child.kill('SIGINT'));
      await bench.says(/during/);
      if (!joins) await gone();
      await broker.restart();
      await vi.waitFor(async () => expect(await leaders()).toContain(id), { timeout: 30_000, interval: 250 });
      await vi.waitFor(() => expect(dialledBy(bench, id)).toEqual({ toxiproxy: true, others: false }), 10_000);
      const { code, stderr } = await bench.exited;
      expect(stderr).not.toMatch(/bug of Wirebench/);
      expect(measuredExits).toContain(code);
      const { during, after } = rig.read(out).trials[0]?.phases ?? {};
      expectAllOk(after);
      expect(during?.latencyUs.offered.p50).toBeGreaterThan(50_000);
    },
  );

  /** Who has connections to this broker's port that asks for a login: Toxiproxy should, our own processes should not. */
  function dialledBy(bench: BenchProcess, id: number): { readonly toxiproxy: boolean; readonly others: boolean } {
    const port = kafka.addresses.sasl.split(',')[id - 1]?.split(':').at(-1);
    const lines = execFileSync('ss', ['-tnpH', 'state', 'established', 'dport', '=', `:${port}`], { encoding: 'utf8' });
    const pids = new Set([...lines.matchAll(/pid=(\d+)/g)].map(([, pid]) => Number(pid)));
    const proxies = new Set(bench.descendants(/toxiproxy/));
    const own = [bench.pid, ...bench.descendants()].filter((pid) => !proxies.has(pid));
    return { toxiproxy: [...proxies].some((pid) => pids.has(pid)), others: own.some((pid) => pids.has(pid)) };
  }
});
