import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { composeFile, hasComposeEngine } from './compose-stack.ts';
import {
  composePorts,
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
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck: { readonly test: readonly string[]; readonly interval: string; readonly retries: number };
}

const text = readFileSync(composeFile, 'utf8');

/** As compose reads it: `${NAME:-default}` from the environment. */
function read(environment: Readonly<Record<string, string>> = {}): Record<string, Service> {
  const filled = text.replace(/\$\{(\w+):-([^}]*)\}/g, (_all, name, otherwise) => environment[name] ?? otherwise);
  return parse(filled, { strict: true, uniqueKeys: true }).services;
}

describe('docker-compose.yml', () => {
  const { toxiproxy, rabbitmq, kafka, ...others } = read();

  it('has the three parts, by their pinned official images, each with a health check', () => {
    expect(others).toEqual({});
    expect([toxiproxy?.image, rabbitmq?.image, kafka?.image]).toEqual([toxiproxyImage, rabbitmqImage, kafkaImage]);
    for (const part of [toxiproxy, rabbitmq, kafka]) {
      expect(part?.healthcheck.test[0]).toBe('CMD');
      expect(part?.healthcheck.retries).toBeGreaterThan(5);
    }
  });

  it('takes every port from the environment, with the defaults of the settings', () => {
    const named = [...text.matchAll(/\$\{(\w+):-([^}]*)\}/g)].map(([, name, value]) => [name, Number(value)]);
    expect(new Set(named.map(([name]) => name))).toEqual(new Set(Object.keys(composePorts)));
    for (const [name, value] of named) expect(composePorts[name as keyof typeof composePorts]).toBe(value);
    expect(new Set(Object.values(composePorts)).size).toBe(Object.keys(composePorts).length);
  });

  it('publishes on loopback only', () => {
    expect(toxiproxy?.network_mode).toBe('host');
    expect(toxiproxy?.command?.slice(0, 2)).toEqual(['-host', '127.0.0.1']);
    const published = [...(rabbitmq?.ports ?? []), ...(kafka?.ports ?? [])];
    expect(published).toHaveLength(4);
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it('lets Kafka advertise its own port straight, and the proxies’ on the links', () => {
    const { kafka: moved } = read({
      WIREBENCH_KAFKA_PORT: '1001',
      WIREBENCH_KAFKA_CLIENT_PROXY_PORT: '1002',
      WIREBENCH_KAFKA_SERVICE_PROXY_PORT: '1003',
      WIREBENCH_KAFKA_CLIENT_PORT: '1004',
      WIREBENCH_KAFKA_SERVICE_PORT: '1005',
    });
    const list = (value = '') =>
      Object.fromEntries(value.split(',').map((one) => one.split('://') as [string, string]));
    const advertised = list(moved?.environment?.KAFKA_ADVERTISED_LISTENERS);
    expect(advertised).toMatchObject({ DIRECT: '127.0.0.1:1001', CLIENT: '127.0.0.1:1002', SERVICE: '127.0.0.1:1003' });
    const inside = list(moved?.environment?.KAFKA_LISTENERS);
    for (const [listener, port] of [
      ['DIRECT', 1001],
      ['CLIENT', 1004],
      ['SERVICE', 1005],
    ] as const) {
      expect(moved?.ports).toContain(`127.0.0.1:${port}${inside[listener]}`);
    }
    expect(Object.keys(list(moved?.environment?.KAFKA_LISTENER_SECURITY_PROTOCOL_MAP?.replaceAll(':', '://')))).toEqual(
      Object.keys(inside),
    );
  });

  it('has the brokers’ settings of the native stack', () => {
    const environment = kafka?.environment ?? {};
    for (const [key, value] of Object.entries(kafkaSettings)) {
      expect([key, environment[`KAFKA_${key.toUpperCase().replaceAll('.', '_')}`]]).toEqual([key, value]);
    }
    expect(environment.KAFKA_HEAP_OPTS).toBe(`-Xmx${kafkaHeap} -Xms${kafkaHeap}`);
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
    expect(Object.keys(JSON.parse(config).services).sort()).toEqual(['kafka', 'rabbitmq', 'toxiproxy']);
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
