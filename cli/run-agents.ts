/** The agents of `bench run … --agents N`: the bus that they meet on, and the line that they join by. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentCrew } from '../runners/agents/agent-crew.ts';
import { agentRights, joinerRights } from '../runners/agents/agent-rights.ts';
import { requireReachable, requireShareable } from '../runners/agents/agent-shares.ts';
import { Bus } from '../runners/agents/bus.ts';
import { openRemoteLoad } from '../runners/agents/remote-load.ts';
import type { OpenLoad } from '../runners/load/load-source.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { allowDial } from '../targets/allow-dial.ts';
import { hostPort, loopback } from '../targets/host-port.ts';
import { freePort } from '../targets/process/free-port.ts';
import { ensurePrograms, type InstallOptions } from '../targets/stack/install.ts';
import { startNats } from '../targets/stack/native/nats.ts';
import { createRunDirectory } from '../targets/stack/run-directory.ts';
import { type ListenPlace, listenOf, natsOf } from './bus-address.ts';
import {
  type ClusterArguments,
  type ClusterSecret,
  clusterOptions,
  clusterPlacer,
  inCluster,
} from './cluster-agents.ts';
import { durationOption } from './duration-option.ts';
import { type NatsFiles, readNatsFiles, writeJoinSecret } from './join-secret.ts';
import { text } from './option-shapes.ts';
import { usageError } from './usage-error.ts';
import { version } from './version.ts';

const option = { ...text, group: 'Load from other hosts (docs/scale-out.md):' } as const;

export const agentOptions = {
  agents: {
    ...option,
    describe: 'how many `bench agent` make the load, in place of this process; kubernetes:N places them in a cluster',
  },
  'agents-wait': { ...option, default: '60s', describe: 'how long they are waited for, before each trial' },
  listen: {
    ...option,
    describe: 'HOST or HOST:PORT of this host at which agents reach it and parts of ours (default: 127.0.0.1)',
  },
  'token-file': { ...option, describe: 'where the file that agents join with is written' },
  nats: { ...option, describe: 'a NATS of your own in place of one that is started for the run: tls://HOST:PORT' },
  'nats-creds': { ...option, describe: 'credentials for it' },
  'nats-ca': { ...option, describe: 'PEM of who signed its certificate' },
  ...clusterOptions,
} as const;

export interface RunAgentsArguments extends NatsFiles, ClusterArguments {
  readonly agents?: string | undefined;
  readonly agentsWait?: string | undefined;
  readonly listen?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly nats?: string | undefined;
}

export interface RunAgents {
  readonly openLoad: OpenLoad;
  /** The address of this host at which agents reach parts of the run; undefined: they are on this host alone. */
  readonly listenHost: string | undefined;
  /** Hosts beside those of the scenario that this run itself dials. */
  readonly partHosts: readonly string[];
  /** Agents leave, and nothing of the bus is left. */
  close(): Promise<void>;
}

interface Meeting {
  readonly bus: Bus;
  /** `tls://HOST:PORT/RUN` */
  readonly join: string;
  /** Options of an agent that stand for files. */
  readonly options: readonly string[];
  /** What these files hold. */
  readonly secret: ClusterSecret;
  admit(publicKey: string, k: number): Promise<void>;
  close(): Promise<void>;
}

export interface RunAgentsOptions {
  readonly scenario: Scenario;
  readonly install: InstallOptions;
  /** See `OpenedScenario`. */
  readonly redact: <Value>(value: Value) => Value;
}

const mostAgents = 1_000;

/** null: the load is made here. Rejects with a BenchError: exit 2 for what cannot be shared, 3 without a bus. */
export async function startRunAgents(args: RunAgentsArguments, options: RunAgentsOptions): Promise<RunAgents | null> {
  const wanted = agentCount(args);
  if (wanted === null) return null;
  const { scenario, install, redact } = options;
  requireShareable(scenario, wanted);
  const run = randomBytes(4).toString('hex');
  const nats = args.nats === undefined ? undefined : natsOf(args.nats);
  const listen = await listenOf(args.listen);
  const listenHost = listen.host === loopback ? undefined : listen.host;
  if (listenHost !== undefined) requireReachable(scenario);
  const ownHosts = listenHost === undefined ? [] : [listenHost];
  const partHosts = [...ownHosts, ...(nats === undefined ? [] : [nats.host])];
  allowDial([...scenario.allowHosts, ...partHosts]);
  const toAllow = [...scenario.allowHosts, ...(nats === undefined ? [] : ownHosts)]; // the host that is joined is allowed
  const place = clusterPlacer(args, { agents: wanted, run, allowHosts: toAllow, note: install.log });
  const meeting = nats === undefined ? await ownBus(args, listen, run, install) : await busOf(args, nats.url, run);
  const { join, options: files, secret } = meeting;
  const pods = place?.({ join, secret, ended: (name, why) => crew.loseNamed(name, why) });
  if (pods === undefined) {
    const allowed = toAllow.flatMap((host) => ['--allow-host', host]);
    const line = ['bench agent --join', join, ...files, ...allowed].join(' ');
    install.log(`each of the ${wanted} agents joins with:\n  ${line}`);
  }
  const crew = new AgentCrew({
    ...{ bus: meeting.bus, run, wanted, version },
    waitMs: durationOption('--agents-wait', args.agentsWait ?? '60s'),
    admit: (publicKey, k) => meeting.admit(publicKey, k),
    ...(pods !== undefined && { place: () => pods.place(), whyMissing: () => pods.troubles() }),
    note: install.log,
  });
  return {
    openLoad: openRemoteLoad({ crew, redact, partHosts: ownHosts }),
    listenHost,
    partHosts,
    async close() {
      await crew.end();
      try {
        await pods?.remove();
      } finally {
        await meeting.close();
      }
    },
  };
}

/** null: none are asked for. Throws a BenchError (exit 2). */
export function agentCount({ agents, ...others }: RunAgentsArguments): number | null {
  if (agents === undefined) {
    const { listen, nats, natsCreds, natsCa, tokenFile, image, namespace } = others;
    const files = { 'nats-creds': natsCreds, 'nats-ca': natsCa, 'token-file': tokenFile };
    const given = Object.entries({ listen, nats, ...files, image, namespace });
    const [alone] = given.find(([, value]) => value !== undefined) ?? [];
    if (alone !== undefined) throw usageError(`--${alone} is for --agents`, 'For example: --agents 3');
    return null;
  }
  const count = Number(agents.replace(inCluster, ''));
  if (Number.isInteger(count) && count >= 1 && count <= mostAgents) return count;
  throw usageError(`--agents ${agents} is no number from 1 to ${mostAgents}`, 'For example: --agents 3');
}

async function ownBus(
  { tokenFile }: RunAgentsArguments,
  { host, port: given }: ListenPlace,
  run: string,
  install: InstallOptions,
): Promise<Meeting> {
  const { 'nats-server': binary } = await ensurePrograms(['nats-server'], install);
  const port = given ?? (await freePort());
  const directory = await createRunDirectory();
  try {
    const context = {
      directory: directory.path,
      signal: install.signal,
      onSpawn: (pid: number) => directory.note(pid),
    };
    const server = await startNats(binary, { host, port, joining: joinerRights(run) }, context);
    const url = `tls://${hostPort(host, port)}`;
    const bus = await Bus.connect({ url, name: 'run', login: server.owner, ca: server.ca });
    const path = tokenFile ?? join(directory.path, 'token');
    writeJoinSecret(path, { token: server.joiner.password, ca: server.ca });
    return {
      ...{ bus, join: `${url}/${run}`, options: ['--token-file', path] },
      secret: { token: readFileSync(path, 'utf8') },
      admit: (publicKey, k) => server.admit(publicKey, agentRights(run, k)),
      async close() {
        await bus.close();
        await server.stop();
        await directory.remove();
      },
    };
  } catch (error) {
    await directory.remove(install.signal.aborted ? undefined : 'logs');
    throw error;
  }
}

async function busOf(files: NatsFiles, nats: string, run: string): Promise<Meeting> {
  const bus = await Bus.connect({ url: nats, name: 'run', ...readNatsFiles(files) });
  const { natsCreds: creds, natsCa: ca } = files;
  return {
    ...{ bus, join: `${nats}/${run}`, options: optionsOf(files) },
    secret: {
      ...(creds !== undefined && { creds: readFileSync(creds, 'utf8') }),
      ...(ca !== undefined && { ca: readFileSync(ca, 'utf8') }),
    },
    admit: async () => undefined, // whom it lets in is its owner's business
    close: () => bus.close(),
  };
}

function optionsOf({ natsCreds, natsCa }: NatsFiles): string[] {
  return [natsCreds === undefined ? [] : ['--nats-creds FILE'], natsCa === undefined ? [] : ['--nats-ca FILE']].flat();
}
