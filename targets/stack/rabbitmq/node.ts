import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import amqplib from 'amqplib';
import { createFolder } from '../../../result/create-folder.ts';
import { freePort } from '../../process/free-port.ts';
import { onPath } from '../../process/on-path.ts';
import { type SupervisedProcess, startProcess } from '../../process/supervised-process.ts';
import { type PartContext, startPart } from '../native/start-part.ts';
import { rabbitmqSettings } from './settings.ts';

const startDeadlineMs = 60_000;

export interface NativeRabbitmq {
  readonly process: SupervisedProcess;
  /** `host:port` */
  readonly address: string;
  readonly version: string;
  /** Erlang's port mapper, without which no node starts; null where the node had to start it itself. */
  readonly portMapper: SupervisedProcess | null;
}

/** Rejects with a BenchError (exit 3), or with the signal's reason; nothing is left running then. */
export async function startRabbitmq(script: string, context: PartContext): Promise<NativeRabbitmq> {
  const ports = { amqp: await freePort(), distribution: await freePort(), portMapper: await freePort() };
  const home = join(context.directory, 'rabbitmq');
  createFolder(home);
  const portMapper = await startPortMapper(ports.portMapper, context);
  try {
    const address = `127.0.0.1:${ports.amqp}`;
    let version = '';
    const process = await startPart(
      {
        name: 'RabbitMQ',
        command: script,
        args: [],
        cwd: home,
        logPath: join(context.directory, 'rabbitmq.log'),
        env: nodeEnvironment(home, ports),
        onSpawn: context.onSpawn,
        startDeadlineMs,
        probe: async () => {
          version = await probeRabbitmq(address);
        },
      },
      context.signal,
    );
    return { process, address, version, portMapper };
  } catch (error) {
    await portMapper?.kill();
    throw error;
  }
}

/** In the foreground, as a child of ours: one that a node starts becomes a daemon and outlives everything. */
async function startPortMapper(port: number, { directory, onSpawn }: PartContext): Promise<SupervisedProcess | null> {
  const command = onPath('epmd');
  if (command === null) return null;
  const args = ['-port', String(port), '-address', '127.0.0.1'];
  return startProcess({ name: 'epmd', command, args, logPath: join(directory, 'epmd.log'), onSpawn });
}

/**
 * For the package's own server script (the one on PATH wants another user), without a service manager.
 * RUNNING_UNDER_SYSTEMD makes it `exec` the Erlang machine, so that the pid is the broker's and pause, kill and pdeathsig
 * reach it.
 */
function nodeEnvironment(
  home: string,
  ports: { readonly amqp: number; readonly distribution: number; readonly portMapper: number },
): Record<string, string> {
  const configPath = join(home, 'rabbitmq.conf');
  const settings = { 'listeners.tcp.1': `127.0.0.1:${ports.amqp}`, ...rabbitmqSettings };
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
  writeFileSync(configPath, lines.join(''));
  const [pluginsPath, advancedPath, scriptPath] = ['enabled_plugins', 'advanced.config', 'rabbitmq-env.conf'].map(
    (name) => join(home, name),
  ) as [string, string, string];
  for (const path of [pluginsPath, advancedPath]) writeFileSync(path, '[].\n');
  writeFileSync(scriptPath, '');
  return {
    HOME: home, // where the cookie goes
    RUNNING_UNDER_SYSTEMD: '1',
    RABBITMQ_NODENAME: `wirebench-${ports.amqp}@localhost`,
    RABBITMQ_MNESIA_BASE: join(home, 'data'),
    RABBITMQ_LOG_BASE: join(home, 'log'),
    RABBITMQ_CONFIG_FILE: configPath,
    // Whatever the machine's own broker is told in /etc/rabbitmq is not for ours.
    RABBITMQ_CONFIG_FILES: join(home, 'conf.d', '*.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: advancedPath,
    RABBITMQ_CONF_ENV_FILE: scriptPath,
    RABBITMQ_ENABLED_PLUGINS_FILE: pluginsPath,
    RABBITMQ_DIST_PORT: String(ports.distribution),
    // Erlang would offer its distribution, a way to run anything, at every address of the machine.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    ERL_EPMD_PORT: String(ports.portMapper),
    ERL_EPMD_ADDRESS: '127.0.0.1',
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
