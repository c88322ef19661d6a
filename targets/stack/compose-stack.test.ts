import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { composeFile, hasComposeEngine } from './compose-stack.ts';
import {
  composeBrokers,
  composeClusterSettings,
  composePorts,
  kafkaClusterHeap,
  kafkaClusterSettings,
  kafkaHeap,
  kafkaImage,
  kafkaSettings,
  rabbitmqImage,
  rabbitmqSettings,
  toxiproxyImage,
} from './stack-settings.ts';

interface Service {
  readonly image: string;
  readonly ports?: readonly string[];
  readonly network_mode?: string;
  readonly command?: readonly string[];
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck: { readonly test: readonly string[]; readonly interval: string; readonly retries: number };
}

const text = readFileSync(composeFile, 'utf8');

/** As compose reads it: `${NAME:-default}` from the environment. */
function read(environment: Readonly<Record<string, string>> = {}): Record<string, Service> {
  const filled = text.replace(/\$\{(\w+):-([^}]*)\}/g, (_all, name, otherwise) => environment[name] ?? otherwise);
  return parse(filled, { strict: true, uniqueKeys: true, merge: true }).services;
}

/** The clusters that there are, by their number of brokers. */
const cluster = (brokers: number) =>
  composeBrokers.slice(0, brokers).map((name) => read(composeClusterSettings(brokers))[name]);
const portOf = (name: string) => composePorts[name as keyof typeof composePorts];
const prefixes = ['WIREBENCH_KAFKA', 'WIREBENCH_KAFKA_2', 'WIREBENCH_KAFKA_3'] as const;

/** `A://host:1,B://:2` by name. */
const listeners = (value = '') =>
  Object.fromEntries(value.split(',').map((one) => one.split('://') as [string, string]));

describe('docker-compose.yml', () => {
  const { toxiproxy, rabbitmq, ...kafkas } = read();
  const { kafka } = kafkas;

  it('has the parts, by their pinned official images, each with a health check', () => {
    expect(Object.keys(kafkas)).toEqual(composeBrokers);
    const images = [rabbitmqImage, toxiproxyImage, ...composeBrokers.map(() => kafkaImage)];
    const all = [rabbitmq, toxiproxy, ...Object.values(kafkas)];
    expect(all.map((part) => part?.image)).toEqual(images);
    for (const part of all) {
      expect(part?.healthcheck.test[0]).toBe('CMD');
      expect(part?.healthcheck.retries).toBeGreaterThan(5);
    }
  });

  it('has one broker unless the cluster is asked for', () => {
    expect(kafka?.profiles).toBeUndefined();
    expect(composeBrokers.slice(1).map((name) => kafkas[name]?.profiles)).toEqual([['cluster'], ['cluster']]);
  });

  it('takes every port, and what a cluster changes, from the environment, with the defaults of the settings', () => {
    const named = new Map([...text.matchAll(/\$\{(\w+):-([^}]*)\}/g)].map(([, name = '', value]) => [name, value]));
    const expected = { ...composePorts, ...composeClusterSettings(1) };
    expect(Object.fromEntries(named)).toEqual(
      Object.fromEntries(Object.entries(expected).map(([name, value]) => [name, String(value)])),
    );
    expect(new Set(Object.values(composePorts)).size).toBe(Object.keys(composePorts).length);
  });

  it('publishes on loopback only', () => {
    expect(toxiproxy?.network_mode).toBe('host');
    expect(toxiproxy?.command?.slice(0, 2)).toEqual(['-host', '127.0.0.1']);
    const published = [rabbitmq, ...Object.values(kafkas)].flatMap((part) => part?.ports ?? []);
    expect(published).toHaveLength(10);
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it.each([1, 3])(
    'lets each of %d brokers advertise its own port straight, and the proxies’ on the links',
    (brokers) => {
      for (const [n, broker] of cluster(brokers).entries()) {
        const prefix = prefixes[n];
        const local = (kind: string) => `127.0.0.1:${portOf(`${prefix}_${kind}PORT`)}`;
        const inside = listeners(broker?.environment?.KAFKA_LISTENERS);
        expect(listeners(broker?.environment?.KAFKA_ADVERTISED_LISTENERS)).toEqual({
          DIRECT: local(''),
          CLIENT: local('CLIENT_PROXY_'),
          SERVICE: local('SERVICE_PROXY_'),
          INTERNAL: `${composeBrokers[n]}${inside.INTERNAL}`,
        });
        expect(broker?.ports).toEqual([
          `${local('')}${inside.DIRECT}`,
          `${local('CLIENT_')}${inside.CLIENT}`,
          `${local('SERVICE_')}${inside.SERVICE}`,
        ]);
        const protocols = listeners(broker?.environment?.KAFKA_LISTENER_SECURITY_PROTOCOL_MAP?.replaceAll(':', '://'));
        expect(Object.keys(protocols)).toEqual(Object.keys(inside));
      }
    },
  );

  it.each([1, 3])('makes one cluster of %d brokers, whose controllers find each other', (brokers) => {
    const all = cluster(brokers).map((broker) => broker?.environment ?? {});
    const port = listeners(all[0]?.KAFKA_LISTENERS).CONTROLLER;
    const voters = composeBrokers.slice(0, brokers).map((name, n) => `${n + 1}@${name}${port}`);
    for (const [n, environment] of all.entries()) {
      expect(environment.KAFKA_NODE_ID).toBe(String(n + 1));
      expect(environment.KAFKA_CONTROLLER_QUORUM_VOTERS).toBe(voters.join(','));
      expect(environment.CLUSTER_ID).toMatch(/^[\w-]{22}$/);
    }
    expect(new Set(all.map(({ CLUSTER_ID }) => CLUSTER_ID)).size).toBe(1);
  });

  it('takes its ports from the environment', () => {
    const { kafka: moved, 'kafka-3': third } = read({
      WIREBENCH_KAFKA_PORT: '1001',
      WIREBENCH_KAFKA_3_CLIENT_PROXY_PORT: '1002',
    });
    expect(moved?.ports?.[0]).toBe('127.0.0.1:1001:9092');
    expect(third?.environment?.KAFKA_ADVERTISED_LISTENERS).toContain('CLIENT://127.0.0.1:1002');
  });

  it('has the brokers’ settings of the native stack', () => {
    for (const [brokers, settings, heap] of [
      [1, kafkaSettings, kafkaHeap],
      [3, { ...kafkaSettings, ...kafkaClusterSettings }, kafkaClusterHeap],
    ] as const) {
      for (const broker of cluster(brokers)) {
        for (const [key, value] of Object.entries(settings)) {
          const found = broker?.environment?.[`KAFKA_${key.toUpperCase().replaceAll('.', '_')}`];
          expect([key, String(found)]).toEqual([key, value]);
        }
        expect(broker?.environment?.KAFKA_HEAP_OPTS).toBe(`-Xmx${heap} -Xms${heap}`);
      }
    }
    const args = rabbitmq?.environment?.RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS ?? '';
    expect(args).toContain(`-rabbit heartbeat ${rabbitmqSettings.heartbeat} `);
    expect(args).toContain(
      `-rabbit vm_memory_high_watermark ${rabbitmqSettings['vm_memory_high_watermark.relative']} `,
    );
    const megabytes = Number.parseInt(rabbitmqSettings['disk_free_limit.absolute'], 10);
    expect(args).toMatch(new RegExp(`-rabbit disk_free_limit ${megabytes}000000$`));
  });

  it.runIf(hasCompose())('is what compose itself understands', () => {
    const config = execFileSync('docker', ['compose', '-f', composeFile, 'config', '--format', 'json'], {
      encoding: 'utf8',
    });
    expect(Object.keys(JSON.parse(config).services).sort()).toEqual(['kafka', 'rabbitmq', 'toxiproxy']); // no profile: one broker
  });
});

describe('hasComposeEngine', () => {
  it('answers either way without an error, and in bounded time', async () => {
    expect(typeof (await hasComposeEngine())).toBe('boolean');
  }, 15_000);
});

function hasCompose(): boolean {
  try {
    execFileSync('docker', ['compose', 'version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
