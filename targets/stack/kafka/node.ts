import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Admin } from '@platformatic/kafka';
import { BenchError, exitCodes } from '../../../result/bench-error.ts';
import { createFolder } from '../../../result/create-folder.ts';
import { freePort } from '../../process/free-port.ts';
import { type SupervisedProcess, startProcess } from '../../process/supervised-process.ts';
import { unlessAborted } from '../../process/unless-aborted.ts';
import { type PartContext, startPart } from '../native/start-part.ts';
import type { BrokerLinkName } from '../stack.ts';
import { formatAsKept, keepFormat } from './kept-format.ts';
import type { SecuredKafka } from './secure-kafka.ts';
import { kafkaClusterHeap, kafkaClusterSettings, kafkaHeap, kafkaSettings } from './settings.ts';

const startDeadlineMs = 60_000;

export interface NativeKafka {
  readonly process: SupervisedProcess;
  /** `host:port` of the listener that advertises itself. */
  readonly address: string;
  readonly version: string;
  /** Where it keeps its data. */
  readonly folder: string;
}

export interface KafkaProgram {
  /** Folder of Kafka's jars. */
  readonly jars: string;
  readonly java: string;
}

/** One broker of those that are to be started: broker and controller in one process. */
export interface KafkaNode {
  /** From 1. */
  readonly id: number;
  readonly clusterId: string;
  /** `host:port` of the controllers of all of them, the first has id 1. */
  readonly controllers: readonly string[];
}

/** The nodes of a cluster that is to be. */
export async function planKafkaNodes(brokers: number): Promise<KafkaNode[]> {
  const clusterId = newClusterId();
  const controllers: string[] = [];
  for (let n = 0; n < brokers; n++) controllers.push(`127.0.0.1:${await freePort()}`);
  return controllers.map((_, n) => ({ id: n + 1, clusterId, controllers }));
}

/**
 * `advertise` is asked, before the start, which `host:port` the listener of each link shall advertise: clients follow it,
 * so it must be the proxy's that leads to `upstream`. Rejects with a BenchError (exit 3), or with the signal's reason.
 */
export async function startKafka(
  { jars, java }: KafkaProgram,
  node: KafkaNode,
  context: PartContext,
  advertise: (link: BrokerLinkName, upstream: string) => Promise<string>,
  secured: SecuredKafka | null = null,
): Promise<NativeKafka> {
  const address = `127.0.0.1:${await freePort()}`;
  const [client, service] = [await freePort(), await freePort()].map((port) => `127.0.0.1:${port}`) as [string, string];
  const own = secured?.listeners ?? [];
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': String(node.id),
    'controller.quorum.voters': node.controllers.map((controller, n) => `${n + 1}@${controller}`).join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'DIRECT',
    listeners: [
      `DIRECT://${address},CLIENT://${client},SERVICE://${service},CONTROLLER://${node.controllers[node.id - 1]}`,
      ...own,
    ].join(','),
    'advertised.listeners': [
      `DIRECT://${address}`,
      `CLIENT://${await advertise('client', client)}`,
      `SERVICE://${await advertise('service', service)}`,
      ...own,
    ].join(','),
    'listener.security.protocol.map': [
      'DIRECT:PLAINTEXT,CLIENT:PLAINTEXT,SERVICE:PLAINTEXT,CONTROLLER:PLAINTEXT',
      ...(secured?.protocols ?? []),
    ].join(','),
    ...secured?.properties,
  };
  const process = await launchKafka({ jars, java }, node, context, {
    ...{ address, properties },
    ...(secured !== null && { format: secured.format }),
  });
  return { process, address, version: versionOf(jars), folder: dataFolder(node, context) };
}

/**
 * With listeners of any kind: `properties` say them, `address` is of one in clear, for the probe. `format`: more arguments
 * of the storage tool. Rejects as `startKafka` does.
 */
export async function launchKafka(
  { jars, java }: KafkaProgram,
  node: KafkaNode,
  context: PartContext,
  broker: {
    readonly address: string;
    readonly properties: Readonly<Record<string, string>>;
    readonly format?: readonly string[];
  },
): Promise<SupervisedProcess> {
  const name = folderName(node);
  const isCluster = node.controllers.length > 1;
  const home = join(context.directory, name);
  createFolder(home);
  const data = dataFolder(node, context);
  const properties = {
    'log.dirs': data,
    ...kafkaSettings,
    ...(isCluster && kafkaClusterSettings),
    ...broker.properties,
  };
  const configPath = join(home, 'server.properties');
  const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(configPath, lines.join(''));
  // Nothing outside: performance data and the unpacked libraries of codecs would stay in the folder for temporary files.
  const temporary = join(home, 'temporary');
  createFolder(temporary);
  const jvm = ['-XX:-UsePerfData', `-Djava.io.tmpdir=${temporary}`, '-cp', join(jars, '*')];
  const logPath = join(context.directory, `${name}.log`);
  const ids = { clusterId: node.clusterId, nodeId: node.id, directoryId: newClusterId() };
  if (broker.format !== undefined || !formatAsKept(jars, data, ids)) {
    const format = ['-t', node.clusterId, '-c', configPath, ...(broker.format ?? [])];
    await formatStorage(java, jvm, format, { ...context, logPath });
    if (broker.format === undefined) keepFormat(jars, data);
  }
  const heap = isCluster ? kafkaClusterHeap : kafkaHeap;
  return startPart(
    {
      name: isCluster ? `Kafka broker ${node.id}` : 'Kafka',
      command: java,
      args: [`-Xmx${heap}`, `-Xms${heap}`, '-XX:+UseG1GC', ...jvm, 'kafka.Kafka', configPath],
      cwd: home,
      logPath,
      onSpawn: context.onSpawn,
      startDeadlineMs,
      probe: () => probeKafka(broker.address, node.controllers.length),
    },
    context.signal,
  );
}

function folderName({ id }: KafkaNode): string {
  return id === 1 ? 'kafka' : `kafka-${id}`;
}

function dataFolder(node: KafkaNode, { directory }: PartContext): string {
  return join(directory, folderName(node), 'data');
}

async function formatStorage(
  java: string,
  jvm: readonly string[],
  format: readonly string[],
  { logPath, signal, onSpawn }: PartContext & { readonly logPath: string },
): Promise<void> {
  signal.throwIfAborted();
  const tool = ['kafka.tools.StorageTool', 'format', ...format];
  const child = await startProcess({
    name: 'Kafka’s storage tool',
    command: java,
    args: ['-Xmx128m', '-XX:TieredStopAtLevel=1', ...jvm, ...tool],
    logPath,
    onSpawn,
  });
  try {
    const { code } = await unlessAborted(
      child.ended(),
      AbortSignal.any([signal, AbortSignal.timeout(startDeadlineMs)]),
    );
    if (code === 0) return;
  } finally {
    await child.kill();
  }
  throw new BenchError('partNotReady', 'Kafka’s storage could not be prepared', {
    hint: `The end of its log, ${child.logPath}:\n${child.logTail()}`,
    exitCode: exitCodes.stack,
  });
}

/** 16 bytes, base64url; never with a leading `-`, which the storage tool would take for an option. */
export function newClusterId(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8(bytes.readUInt8(0) & 0x7f, 0);
  return bytes.toString('base64url');
}

function versionOf(jars: string): string {
  for (const name of readdirSync(jars)) {
    const version = /^kafka_[\d.]+-([\d.]+)\.jar$/.exec(name)?.[1];
    if (version !== undefined) return version;
  }
  return 'unknown';
}

/** Creates a topic on so many brokers and deletes it again: that takes the controller, the log and the metadata. */
export async function probeKafka(address: string, replicas = 1): Promise<void> {
  const admin = new Admin({
    clientId: 'wirebench-probe',
    bootstrapBrokers: address.split(','),
    retries: 0,
    timeout: 2_000,
    connectTimeout: 1_000,
  });
  try {
    const topic = `wirebench-probe-${randomBytes(4).toString('hex')}`;
    await admin.createTopics({ topics: [topic], partitions: 1, replicas });
    await admin.deleteTopics({ topics: [topic] });
  } finally {
    await admin.close().catch(() => undefined);
  }
}
