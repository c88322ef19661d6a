import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFolder } from '../../../result/create-folder.ts';
import { onPath } from '../../process/on-path.ts';
import { type SupervisedProcess, startProcess } from '../../process/supervised-process.ts';
import { type PartContext, startPart } from '../native/start-part.ts';
import type { RabbitmqNode, RabbitmqPlan } from './plan-nodes.ts';
import { probeRabbitmq } from './probe.ts';
import type { SecuredRabbitmq } from './secure-rabbitmq.ts';
import { rabbitmqClusterSettings, rabbitmqSettings } from './settings.ts';

const startDeadlineMs = 60_000;

export interface NativeRabbitmq {
  readonly id: number;
  readonly process: SupervisedProcess;
  /** `host:port` */
  readonly address: string;
  /** `host:port` of its management API; null: it is alone. */
  readonly managementAddress: string | null;
  readonly version: string;
  /** Where it keeps its data. */
  readonly folder: string;
}

/**
 * `script`: the package's own server script. Of several the first must run before the others start: these join it, and
 * one that finds nobody would go on alone. Rejects with a BenchError (exit 3), or with the signal's reason.
 */
export async function startRabbitmq(
  script: string,
  plan: RabbitmqPlan,
  node: RabbitmqNode,
  context: PartContext,
  secured: SecuredRabbitmq | null = null,
): Promise<NativeRabbitmq> {
  const folder = node.id === 1 ? 'rabbitmq' : `rabbitmq-${node.id}`;
  const home = join(context.directory, folder);
  createFolder(home);
  const address = `127.0.0.1:${node.amqpPort}`;
  let version = '';
  const process = await startPart(
    {
      name: plan.nodes.length === 1 ? 'RabbitMQ' : `RabbitMQ node ${node.id}`,
      command: script,
      args: [],
      cwd: home,
      logPath: join(context.directory, `${folder}.log`),
      env: nodeEnvironment(home, plan, node, secured),
      onSpawn: context.onSpawn,
      startDeadlineMs,
      probe: async () => {
        version = await probeRabbitmq(address);
      },
    },
    context.signal,
  );
  const { managementPort } = node;
  const managementAddress = managementPort === null ? null : `127.0.0.1:${managementPort}`;
  return { id: node.id, process, address, managementAddress, version, folder: join(home, 'data') };
}

/**
 * Erlang's port mapper, without which no node starts, in the foreground as a child of ours: one that a node starts becomes
 * a daemon and outlives everything. null: a node has to start it itself.
 */
export async function startPortMapper(
  port: number,
  { directory, onSpawn }: PartContext,
): Promise<SupervisedProcess | null> {
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
  { portMapper, cookie, nodes }: RabbitmqPlan,
  node: RabbitmqNode,
  secured: SecuredRabbitmq | null,
) {
  const configPath = join(home, 'rabbitmq.conf');
  const settings = { ...settingsOf(nodes, node), ...secured?.settings };
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
  writeFileSync(configPath, lines.join(''));
  const [pluginsPath, advancedPath, scriptPath] = ['enabled_plugins', 'advanced.config', 'rabbitmq-env.conf'].map(
    (name) => join(home, name),
  ) as [string, string, string];
  const plugins = [...(node.managementPort === null ? [] : ['rabbitmq_management']), ...(secured?.plugins ?? [])];
  writeFileSync(pluginsPath, `[${plugins.join(',')}].\n`);
  writeFileSync(advancedPath, '[].\n');
  writeFileSync(scriptPath, '');
  writeFileSync(join(home, '.erlang.cookie'), cookie, { mode: 0o400 });
  return {
    HOME: home, // where the cookie is looked for
    RUNNING_UNDER_SYSTEMD: '1',
    RABBITMQ_NODENAME: node.name,
    RABBITMQ_MNESIA_BASE: join(home, 'data'),
    RABBITMQ_LOG_BASE: join(home, 'log'),
    RABBITMQ_CONFIG_FILE: configPath,
    // Whatever the machine's own broker is told in /etc/rabbitmq is not for ours.
    RABBITMQ_CONFIG_FILES: join(home, 'conf.d', '*.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: advancedPath,
    RABBITMQ_CONF_ENV_FILE: scriptPath,
    RABBITMQ_ENABLED_PLUGINS_FILE: pluginsPath,
    RABBITMQ_DIST_PORT: String(node.distributionPort),
    // Erlang would offer its distribution, a way to run anything, at every address of the machine.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    ERL_EPMD_PORT: String(portMapper),
    ERL_EPMD_ADDRESS: '127.0.0.1',
  };
}

function settingsOf([first]: RabbitmqPlan['nodes'], node: RabbitmqNode): Record<string, string> {
  const own = { 'listeners.tcp.1': `127.0.0.1:${node.amqpPort}`, ...rabbitmqSettings };
  if (node.managementPort === null) return own;
  return {
    ...own,
    ...rabbitmqClusterSettings,
    ...(node !== first && { 'cluster_formation.classic_config.nodes.1': first.name }),
    'management.tcp.ip': '127.0.0.1',
    'management.tcp.port': String(node.managementPort),
    // It is asked who leads, nothing else: figures of its own would cost CPU on every node.
    'management_agent.disable_metrics_collector': 'true',
  };
}
