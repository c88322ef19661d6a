import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import amqplib from 'amqplib';
import { freePort } from '../../process/free-port.ts';
import type { SupervisedProcess } from '../../process/supervised-process.ts';
import { rabbitmqSettings } from '../stack-settings.ts';
import { startPart } from './start-part.ts';

const run = promisify(execFile);
const startDeadlineMs = 60_000;

export interface NativeRabbitmq {
  readonly process: SupervisedProcess;
  /** `host:port` */
  readonly address: string;
  readonly version: string;
  /** Stops what the broker leaves behind: Erlang's port mapper, which outlives every node. */
  cleanUp(): Promise<void>;
}

/**
 * The package's own server script (the one on PATH wants another user), without a service manager. RUNNING_UNDER_SYSTEMD
 * makes it `exec` the Erlang machine, so that the pid is the broker's and pause, kill and pdeathsig reach it.
 */
export async function startRabbitmq(script: string, directory: string, signal: AbortSignal): Promise<NativeRabbitmq> {
  const [port, distributionPort, portMapperPort] = [await freePort(), await freePort(), await freePort()];
  const home = join(directory, 'rabbitmq');
  mkdirSync(home, { recursive: true });
  const configPath = join(home, 'rabbitmq.conf');
  const settings = { 'listeners.tcp.1': `127.0.0.1:${port}`, ...rabbitmqSettings };
  writeFileSync(
    configPath,
    Object.entries(settings)
      .map(([key, value]) => `${key} = ${value}\n`)
      .join(''),
  );
  writeFileSync(join(home, 'enabled_plugins'), '[].\n');
  const address = `127.0.0.1:${port}`;
  let version = 'unknown';
  const process = await startPart(
    {
      name: 'RabbitMQ',
      command: script,
      args: [],
      cwd: home,
      logPath: join(directory, 'rabbitmq.log'),
      env: {
        HOME: home,
        RUNNING_UNDER_SYSTEMD: '1',
        RABBITMQ_NODENAME: `wirebench-${port}@localhost`,
        RABBITMQ_MNESIA_BASE: join(home, 'data'),
        RABBITMQ_LOG_BASE: join(home, 'log'),
        RABBITMQ_CONFIG_FILE: configPath,
        RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'enabled_plugins'),
        RABBITMQ_DIST_PORT: String(distributionPort),
        ERL_EPMD_PORT: String(portMapperPort),
        ERL_EPMD_ADDRESS: '127.0.0.1',
      },
      startDeadlineMs,
      probe: async () => {
        version = await probeRabbitmq(address);
      },
    },
    signal,
  );
  return {
    process,
    address,
    version,
    cleanUp: async () => {
      await run('epmd', ['-port', String(portMapperPort), '-kill'], { timeout: 5_000 }).catch(() => undefined);
    },
  };
}

/** A message there and back; resolves with the broker's version. */
export async function probeRabbitmq(address: string): Promise<string> {
  const connection = await amqplib.connect(`amqp://${address}`, { timeout: 2_000 });
  connection.on('error', () => undefined);
  try {
    const channel = await connection.createChannel();
    channel.on('error', () => undefined);
    const { queue } = await channel.assertQueue('', { exclusive: true });
    channel.sendToQueue(queue, Buffer.from('ready?'));
    for (let attempt = 0; (await channel.get(queue, { noAck: true })) === false; attempt++) {
      if (attempt === 100) throw new Error('a message did not come back');
    }
    const { version } = connection.connection.serverProperties;
    return String(version);
  } finally {
    await connection.close().catch(() => undefined);
  }
}
