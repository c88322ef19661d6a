/** `bench agents manifest`: what places the agents of a run in a Kubernetes cluster, for `kubectl apply`. */

import { stringify } from 'yaml';
import type { CommandModule } from 'yargs';
import { type AgentsJob, kubernetesJob } from '../runners/agents/kubernetes/kubernetes-job.ts';
import { exampleJoin, joinOf } from './bus-address.ts';
import { cpusOf, podOptions } from './cluster-agents.ts';
import { list, text } from './option-shapes.ts';
import { print } from './print.ts';
import { agentCount } from './run-agents.ts';

/** Options of the same name are given to the Job as they are. */
interface ManifestArguments extends Omit<AgentsJob, 'agents' | 'allowHosts' | 'secretKeys'> {
  readonly action: 'manifest';
  readonly agents: string;
  readonly allowHost?: readonly string[] | undefined;
}

export const agentsCommand: CommandModule<object, ManifestArguments> = {
  command: 'agents <action>',
  describe: 'print what places load agents in a cluster (docs/kubernetes.md)',
  builder: (parser) =>
    parser
      .positional('action', {
        choices: ['manifest'] as const,
        demandOption: true,
        describe: 'a Kubernetes Job, as YAML',
      })
      .option('agents', { ...text, demandOption: true, describe: 'how many' })
      .options(podOptions)
      .demandOption('image')
      .option('join', { ...text, demandOption: true, describe: `the run, as it prints it: ${exampleJoin}` })
      .option('name', { ...text, default: 'wirebench-agents', describe: 'of the Job' })
      .option('secret', {
        ...text,
        default: 'wirebench-run',
        describe: 'the Secret whose key `token` is the token file',
      })
      .option('allow-host', {
        ...list,
        describe: 'a host that agents may send load to (again for more)',
      }),
  handler: (args) => {
    const { image, join, name, secret, namespace, cpus, memory, allowHost: allowHosts = [] } = args;
    const agents = agentCount({ agents: args.agents }) ?? 1;
    joinOf(join); // that it can be joined is known before the pods are there
    const job = { agents, image, join, name, secret, namespace, memory, allowHosts, cpus: cpusOf('--cpus', cpus) };
    print(stringify(kubernetesJob(job)));
  },
};
