import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Admin } from '@platformatic/kafka';
import { freePort } from '../../process/free-port.ts';
import type { SupervisedProcess } from '../../process/supervised-process.ts';
import { kafkaHeap, kafkaSettings } from '../stack-settings.ts';
import { startPart } from './start-part.ts';

const run = promisify(execFile);
const startDeadlineMs = 60_000;

export interface NativeKafka {
  readonly process: SupervisedProcess;
  /** `host:port` of the listener that advertises itself. */
  readonly address: string;
  /** `host:port` of the listeners behind the proxies. */
  readonly upstreams: { readonly client: string; readonly service: string };
}

/** `host:port` that the two link listeners advertise: clients follow it, so it must lead back through the proxy. */
export interface AdvertisedLinks {
  readonly client: string;
  readonly service: string;
}

export async function startKafka(
  jars: string,
  java: string,
  directory: string,
  advertised: AdvertisedLinks,
  signal: AbortSignal,
): Promise<NativeKafka> {
  const [direct, client, service, controller] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const home = join(directory, 'kafka');
  mkdirSync(home, { recursive: true });
  const configPath = join(home, 'server.properties');
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'DIRECT',
    listeners: `DIRECT://127.0.0.1:${direct},CLIENT://127.0.0.1:${client},SERVICE://127.0.0.1:${service},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `DIRECT://127.0.0.1:${direct},CLIENT://${advertised.client},SERVICE://${advertised.service}`,
    'listener.security.protocol.map': 'DIRECT:PLAINTEXT,CLIENT:PLAINTEXT,SERVICE:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(home, 'data'),
    ...kafkaSettings,
  };
  writeFileSync(
    configPath,
    Object.entries(properties)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );
  const classPath = ['-cp', join(jars, '*')];
  const clusterId = randomBytes(16).toString('base64url');
  await run(
    java,
    [
      '-Xmx128m',
      '-XX:TieredStopAtLevel=1',
      ...classPath,
      'kafka.tools.StorageTool',
      'format',
      '-t',
      clusterId,
      '-c',
      configPath,
    ],
    {
      signal,
      timeout: startDeadlineMs,
    },
  );
  const address = `127.0.0.1:${direct}`;
  const process = await startPart(
    {
      name: 'Kafka',
      command: java,
      args: [`-Xmx${kafkaHeap}`, `-Xms${kafkaHeap}`, '-XX:+UseG1GC', ...classPath, 'kafka.Kafka', configPath],
      cwd: home,
      logPath: join(directory, 'kafka.log'),
      startDeadlineMs,
      probe: () => probeKafka(address),
    },
    signal,
  );
  return { process, address, upstreams: { client: `127.0.0.1:${client}`, service: `127.0.0.1:${service}` } };
}

/** Creates a topic and deletes it again: that takes the controller, the log and the metadata. */
export async function probeKafka(address: string): Promise<void> {
  const admin = new Admin({
    clientId: 'wirebench-probe',
    bootstrapBrokers: [address],
    retries: 0,
    timeout: 2_000,
    connectTimeout: 1_000,
  });
  try {
    const topic = `wirebench-probe-${randomBytes(4).toString('hex')}`;
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
    await admin.deleteTopics({ topics: [topic] });
  } finally {
    await admin.close().catch(() => undefined);
  }
}
