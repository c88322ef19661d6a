import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import {
  composeAddresses,
  composeClusterProfile,
  composeEnvironment,
  composeFile,
  composePorts,
  hasComposeEngine,
  startComposeStack,
} from './compose-stack.ts';
import { elasticmqImage } from './elasticmq/settings.ts';
import { composeKafka, kafkaCompose } from './kafka/compose.ts';
import { kafkaClusterHeap, kafkaClusterSettings, kafkaHeap, kafkaImage, kafkaSettings } from './kafka/settings.ts';
import { composeRabbitmq } from './rabbitmq/compose.ts';
import { rabbitmqClusterSettings, rabbitmqImage, rabbitmqSettings } from './rabbitmq/settings.ts';
import { toxiproxyImage } from './stack-settings.ts';

interface Service {
  readonly image: string;
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
  readonly network_mode?: string;
  readonly hostname?: string;
  readonly configs?: readonly { readonly source: string }[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck: { readonly test: readonly string[]; readonly interval: string; readonly retries: number };
}

const text = readFileSync(composeFile, 'utf8');
const variables = [...text.matchAll(/\$\{(\w+):-([^}]*)\}/g)].map(
  ([, name = '', value = '']) => [name, value] as const,
);

/** As compose reads it: `${NAME:-default}` from the environment, and merge keys. */
function read(environment: Readonly<Record<string, string>> = {}): Record<string, Service> {
  const filled = text.replace(/\$\{(\w+):-([^}]*)\}/g, (_all, name, otherwise) => environment[name] ?? otherwise);
  return parse(filled, { strict: true, uniqueKeys: true, merge: true }).services;
}

const oneBroker = { toxiproxy: true, brokers: { rabbitmq: 1, kafka: 1 } };
const threeBrokers = { toxiproxy: true, brokers: { rabbitmq: 1, kafka: 3 } };
const threeNodes = { toxiproxy: true, brokers: { rabbitmq: 3 } };
/** Other than the defaults, and no two alike. */
const moved = Object.fromEntries(Object.keys(composePorts).map((name, n) => [name, 1001 + n]));

/** `A://one:1,B://two:2` by name. */
function listeners(value = ''): Readonly<Record<string, string>> {
  return Object.fromEntries(value.split(',').map((one) => one.split('://') as [string, string]));
}

describe('docker-compose.yml', () => {
  const { toxiproxy, rabbitmq, elasticmq, kafka, ...several } = read();
  const { 'kafka-2': second, 'kafka-3': third, 'rabbitmq-2': secondNode, 'rabbitmq-3': thirdNode, ...others } = several;
  const all = [toxiproxy, rabbitmq, secondNode, thirdNode, elasticmq, kafka, second, third];

  it('has the parts, by their pinned official images, each with a health check', () => {
    expect(others).toEqual({});
    const rabbitmqImages = [rabbitmqImage, rabbitmqImage, rabbitmqImage];
    const kafkaImages = [kafkaImage, kafkaImage, kafkaImage];
    expect(all.map((part) => part?.image)).toEqual([toxiproxyImage, ...rabbitmqImages, elasticmqImage, ...kafkaImages]);
    for (const part of all) {
      expect(part?.healthcheck.test[0]).toBe('CMD');
      expect(part?.healthcheck.retries).toBeGreaterThan(5);
    }
  });

  it('brings up one broker unless it is told otherwise', () => {
    expect([toxiproxy, rabbitmq, kafka].map((part) => part?.profiles)).toEqual([undefined, undefined, undefined]);
    for (const part of [second, third, secondNode, thirdNode]) expect(part?.profiles).toEqual([composeClusterProfile]);
    expect(read(composeEnvironment(oneBroker, composePorts))).toEqual(read());
  });

  it('takes every port and what a cluster changes from the environment, with the defaults of the settings', () => {
    const settings = { ...composePorts, ...kafkaCompose.environment(1) };
    const expected = Object.entries(settings).map(([name, value]) => [name, String(value)]);
    expect(Object.fromEntries(variables)).toEqual(Object.fromEntries(expected));
    for (const [name, value] of variables) expect([name, value]).toEqual([name, Object.fromEntries(expected)[name]]);
    expect(new Set(Object.values(composePorts)).size).toBe(Object.keys(composePorts).length);
    expect(Object.keys(kafkaCompose.environment(3))).toEqual(Object.keys(kafkaCompose.environment(1)));
  });

  it('publishes on loopback only', () => {
    expect(toxiproxy?.network_mode).toBe('host');
    expect(toxiproxy?.command?.slice(0, 2)).toEqual(['-host', '127.0.0.1']);
    const published = all.flatMap((part) => part?.ports ?? []);
    expect(published).toHaveLength(13);
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it.each([oneBroker, threeBrokers])(
    'lets $brokers.kafka Kafka advertise own ports straight, and the proxies’ on the links',
    (needs) => {
      const services = read(composeEnvironment(needs, moved));
      const { address: direct = '', links } = composeAddresses(needs, moved).brokers?.kafka ?? {};
      const brokers = composeKafka.slice(0, needs.brokers.kafka).map(({ service }) => services[service]);
      expect(direct.split(',')).toHaveLength(brokers.length);
      for (const [n, broker] of brokers.entries()) {
        const inside = listeners(broker?.environment?.KAFKA_LISTENERS);
        const advertised = listeners(broker?.environment?.KAFKA_ADVERTISED_LISTENERS);
        const [client, service] = [links?.client[n], links?.service[n]];
        expect(advertised).toMatchObject({
          DIRECT: direct.split(',')[n],
          CLIENT: client?.listen,
          SERVICE: service?.listen,
        });
        expect(broker?.ports).toEqual([
          `${direct.split(',')[n]}${inside.DIRECT}`,
          `${client?.upstream}${inside.CLIENT}`,
          `${service?.upstream}${inside.SERVICE}`,
        ]);
        const protocols = listeners(broker?.environment?.KAFKA_LISTENER_SECURITY_PROTOCOL_MAP?.replaceAll(':', '://'));
        expect(Object.keys(protocols)).toEqual(Object.keys(inside));
        expect(Object.keys(advertised)).toEqual(Object.keys(inside).filter((name) => name !== 'CONTROLLER'));
        expect(broker?.healthcheck.test.at(-1)).toBe(`127.0.0.1${inside.INTERNAL}`);
      }
    },
  );

  it('leads the brokers of a cluster to each other by the names of their services', () => {
    const services = read(composeEnvironment(threeBrokers, moved));
    const brokers = composeKafka.map(({ service }) => ({ service, environment: services[service]?.environment ?? {} }));
    const voters = brokers.map(({ service, environment }) => {
      const { INTERNAL, CONTROLLER } = listeners(environment.KAFKA_LISTENERS);
      expect(listeners(environment.KAFKA_ADVERTISED_LISTENERS).INTERNAL).toBe(`${service}${INTERNAL}`);
      return `${environment.KAFKA_NODE_ID}@${service}${CONTROLLER}`;
    });
    for (const { environment } of brokers) {
      expect(environment.KAFKA_CONTROLLER_QUORUM_VOTERS).toBe(voters.join(','));
      expect(environment.KAFKA_PROCESS_ROLES).toBe('broker,controller');
    }
    expect(brokers.map(({ environment }) => environment.KAFKA_NODE_ID)).toEqual(['1', '2', '3']);
    expect(new Set(brokers.map(({ environment }) => environment.CLUSTER_ID)).size).toBe(1);
  });

  it('leaves a single broker to itself', () => {
    const environment = kafka?.environment ?? {};
    const { INTERNAL, CONTROLLER } = listeners(environment.KAFKA_LISTENERS);
    expect(listeners(environment.KAFKA_ADVERTISED_LISTENERS).INTERNAL).toBe(`localhost${INTERNAL}`);
    expect(environment.KAFKA_CONTROLLER_QUORUM_VOTERS).toBe(`1@localhost${CONTROLLER}`);
  });

  it.each([
    [oneBroker, kafkaSettings, kafkaHeap],
    [threeBrokers, { ...kafkaSettings, ...kafkaClusterSettings }, kafkaClusterHeap],
  ] as const)('has the native stack’s settings of Kafka: %j', (needs, settings, heap) => {
    const services = read(composeEnvironment(needs, composePorts));
    for (const { service } of composeKafka.slice(0, needs.brokers.kafka)) {
      const environment = services[service]?.environment ?? {};
      for (const [key, value] of Object.entries(settings)) {
        expect([key, environment[`KAFKA_${key.toUpperCase().replaceAll('.', '_')}`]]).toEqual([key, value]);
      }
      expect(environment.KAFKA_HEAP_OPTS).toBe(`-Xmx${heap} -Xms${heap}`);
    }
  });

  it('has the native stack’s settings of RabbitMQ', () => {
    const args = rabbitmq?.environment?.RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS ?? '';
    expect(args).toContain(`-rabbit heartbeat ${rabbitmqSettings.heartbeat} `);
    expect(args).toContain(
      `-rabbit vm_memory_high_watermark ${rabbitmqSettings['vm_memory_high_watermark.relative']} `,
    );
    const megabytes = Number.parseInt(rabbitmqSettings['disk_free_limit.absolute'], 10);
    expect(args).toMatch(new RegExp(`-rabbit disk_free_limit ${megabytes}000000$`));
  });

  it('lets the nodes of a RabbitMQ cluster know each other, and the others join the first', () => {
    const services = read(composeEnvironment(threeNodes, moved));
    const nodes = composeRabbitmq.map(({ service }) => services[service]);
    const { address = '' } = composeAddresses(threeNodes, moved).brokers?.rabbitmq ?? {};
    expect(nodes.map((node) => node?.ports)).toEqual(address.split(',').map((published) => [`${published}:5672`]));
    expect(nodes.map((node) => node?.hostname)).toEqual(composeRabbitmq.map(({ service }) => service));
    expect(new Set(nodes.map((node) => JSON.stringify(node?.environment))).size).toBe(1);
    const { content = '' } = parse(text, { merge: true }).configs['rabbitmq-join'];
    const settings = { ...rabbitmqClusterSettings, 'cluster_formation.classic_config.nodes.1': 'rabbit@rabbitmq' };
    expect(content).toBe(
      Object.entries(settings)
        .map(([key, value]) => `${key} = ${value}\n`)
        .join(''),
    );
    const given = nodes.map((node) => node?.configs?.map(({ source }) => source));
    expect(given).toEqual([undefined, ['rabbitmq-join'], ['rabbitmq-join']]);
  });

  it.runIf(hasCompose()).each([
    [[], ['elasticmq', 'kafka', 'rabbitmq', 'toxiproxy']],
    [
      ['--profile', composeClusterProfile],
      ['elasticmq', 'kafka', 'kafka-2', 'kafka-3', 'rabbitmq', 'rabbitmq-2', 'rabbitmq-3', 'toxiproxy'],
    ],
  ])('is what compose itself understands: %j', (profile, services) => {
    const args = ['compose', '-f', composeFile, ...profile, 'config', '--format', 'json'];
    const config = JSON.parse(execFileSync('docker', args, { encoding: 'utf8' }));
    expect(Object.keys(config.services).sort()).toEqual(services);
  });
});

describe('startComposeStack', () => {
  const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-compose-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    [oneBroker, 'toxiproxy rabbitmq kafka', '1'],
    [threeBrokers, 'toxiproxy rabbitmq kafka kafka-2 kafka-3', '3'],
    [{ toxiproxy: true, brokers: { rabbitmq: 1 } }, 'toxiproxy rabbitmq', '1'],
    [threeNodes, 'toxiproxy rabbitmq rabbitmq-2 rabbitmq-3', '1'],
  ])(
    'names the services that %j need, and takes them down again when they do not come up',
    async (needs, services, replicas) => {
      const notes = join(folder, 'notes');
      // Notes what it is told, and cannot bring anything up.
      const docker = [
        '#!/bin/sh',
        `echo "$WIREBENCH_KAFKA_REPLICAS $*" >> '${notes}'`,
        'case "$*" in *" up "*) echo "no engine" >&2; exit 1;; esac',
      ];
      writeFileSync(join(folder, 'docker'), docker.join('\n'), { mode: 0o755 });
      writeFileSync(notes, '');
      vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
      vi.stubEnv('WIREBENCH_KAFKA_REPLICAS', '7');
      const starting = startComposeStack(needs, new AbortController().signal, () => undefined);
      await expect(starting).rejects.toMatchObject({
        code: 'composeFailed',
        message: expect.stringMatching(/no engine/),
      });
      const [, up = '', down = '', ...more] = readFileSync(notes, 'utf8').trim().split('\n');
      const common = `${replicas} compose -f ${composeFile} --profile ${composeClusterProfile} -p wirebench-`;
      for (const line of [up, down]) expect(line.slice(0, common.length)).toBe(common);
      expect(up.split(' up ')[1]).toBe(`--detach --wait ${services}`);
      expect(down).toMatch(/ down --volumes --remove-orphans /);
      expect(more).toEqual([]);
    },
  );
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
