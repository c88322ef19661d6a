/** `--agents kubernetes:N`: the run itself places its agents in a cluster, and takes them away. */
import { type KeptPods, keepPlaced } from '../runners/agents/kubernetes/keep-placed.ts';
import { kubectlOf } from '../runners/agents/kubernetes/kubectl.ts';
import type { SecretKey } from '../runners/agents/kubernetes/kubernetes-job.ts';
import { text } from './option-shapes.ts';
import { usageError } from './usage-error.ts';

export const inCluster = /^kubernetes:/;
const grouped = { group: 'With --agents kubernetes:N (docs/kubernetes.md):' } as const;

/** Of each agent in a cluster, whoever places it there. */
export const podOptions = {
  image: { ...text, describe: 'an image that runs `bench`, e.g. registry/wirebench:0.2.0' },
  namespace: { ...text, describe: 'left out: the current one of kubectl' },
  cpus: { ...text, default: '4', describe: 'CPUs of each agent; whole ones can be its own' },
  memory: { ...text, default: '2Gi', describe: 'memory of each agent' },
} as const;

export const clusterOptions = {
  image: { ...podOptions.image, ...grouped },
  namespace: { ...podOptions.namespace, ...grouped },
  'agent-cpus': { ...podOptions.cpus, ...grouped },
  'agent-memory': { ...podOptions.memory, ...grouped },
} as const;

export interface ClusterArguments {
  readonly agents?: string | undefined;
  readonly listen?: string | undefined;
  readonly nats?: string | undefined;
  readonly image?: string | undefined;
  readonly namespace?: string | undefined;
  readonly agentCpus?: string | undefined;
  readonly agentMemory?: string | undefined;
}

export type ClusterSecret = Readonly<Partial<Record<SecretKey, string>>>;

interface Placing {
  readonly agents: number;
  readonly run: string;
  readonly allowHosts: readonly string[];
  readonly note: (text: string) => void;
}

/** Where the pods meet the run. */
interface MeetingPlace {
  readonly join: string;
  readonly secret: ClusterSecret;
  readonly ended: (name: string, why: string) => void;
}

/** null: somebody else places the agents. Throws a BenchError: exit 2 for options that lack something, 3 without kubectl. */
export function clusterPlacer(args: ClusterArguments, placing: Placing): ((at: MeetingPlace) => KeptPods) | null {
  const { agents = '', image, namespace, listen, nats } = args;
  const { agentCpus = podOptions.cpus.default, agentMemory: memory = podOptions.memory.default } = args;
  if (!inCluster.test(agents)) {
    const [alone] = Object.entries({ image, namespace }).find(([, value]) => value !== undefined) ?? [];
    if (alone !== undefined)
      throw usageError(`--${alone} is for --agents kubernetes:N`, `For example: --agents kubernetes:${placing.agents}`);
    return null;
  }
  if (image === undefined)
    throw usageError(`--agents ${agents} needs --image`, 'An image that runs `bench`; deploy/Dockerfile makes one.');
  if (listen === undefined && nats === undefined)
    throw usageError(
      `--agents ${agents} needs --listen or --nats`,
      'Pods cannot reach the loopback of this host: give an address of it that they reach.',
    );
  const cpus = cpusOf('--agent-cpus', agentCpus);
  const kubectl = kubectlOf(namespace);
  const { agents: count, run, allowHosts, note } = placing;
  const name = `wirebench-${run}`;
  return ({ join, secret, ended }) =>
    keepPlaced({
      job: { agents: count, image, join, name, secret: name, secretKeys: keysOf(secret), cpus, memory, allowHosts },
      ...{ secret, kubectl, note, ended },
    });
}

/** Whole CPUs, or thousandths for trying it out. Throws a BenchError (exit 2). */
export function cpusOf(option: string, value: string): string {
  if (/^[1-9]\d*m?$/.test(value)) return value;
  throw usageError(
    `${option} ${value} is no number of CPUs`,
    'Whole CPUs can be an agent’s own: 4. Parts are shared: 500m.',
  );
}

function keysOf(secret: ClusterSecret): SecretKey[] {
  return Object.keys(secret) as SecretKey[];
}
