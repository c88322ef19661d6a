/** Starts the services of a trial, what is called before what calls it, each edge over a link of its own. */
import { join } from 'node:path';
import type { LinkName } from '../../scenarios/scenario.ts';
import { fallbackPart, instanceNames, linkBetween } from '../../scenarios/target-services.ts';
import type { StatePlace } from '../../targets/domain/held-state.ts';
import type { LastWords } from '../../targets/domain/host-service.ts';
import { hostPort, loopback } from '../../targets/host-port.ts';
import { freePort } from '../../targets/process/free-port.ts';
import { type RunningService, startReferenceService } from '../../targets/process/reference-service.ts';
import type { Link, RunningStack } from '../../targets/stack/stack.ts';
import { inStartOrder, type PartSpec, type Topology } from '../../targets/topology/topology.ts';
import { type Closers, joinedAddress, missingPart, openLinks, requireStack, wayTo } from './stack-parts.ts';

export interface StartedService {
  /** Of the instance: `service-2`. */
  readonly name: string;
  /** `host:port`, without a proxy. */
  readonly address: string;
  readonly service: RunningService;
  readonly evidencePath: string;
  readonly statePath: string;
  /** What it does is put on record, and it holds what came of it: so does every service but those of a chain behind its entry. */
  readonly keepsAccount: boolean;
}

export interface StartedServices {
  /** In the order of the topology, all instances. */
  readonly services: readonly StartedService[];
  /** One an edge; those to several instances are joined. */
  readonly links: Readonly<Record<LinkName, Link>>;
  /** By instance, once it was stopped; null: killed meanwhile, or it did not say. */
  readonly lastWords: Readonly<Record<string, LastWords | null>>;
  /** Where the state of each instance is found, once they were stopped. */
  readonly states: readonly StatePlace[];
}

export interface StartInput {
  readonly topology: Topology;
  readonly stack: RunningStack | null;
  /** No link between parts, nor to the broker. */
  readonly direct: boolean;
  /** Where those listen that load goes to without a link; left out: on loopback. */
  readonly listenHost?: string | undefined;
  readonly workDirectory: string;
  readonly trialId: string;
}

export async function startServices(input: StartInput, opened: Closers): Promise<StartedServices> {
  const { topology, direct, stack } = input;
  const numbers = new Map(topology.parts.flatMap(instanceNames).map((name, number) => [name, number]));
  const started = new Map<string, StartedService>();
  const links: Record<LinkName, Link> = {};
  const lastWords: Record<string, LastWords | null> = {};
  const states: StatePlace[] = [];
  for (const part of inStartOrder(topology.parts)) {
    const calls = Object.fromEntries(
      part.calls.map((called) => {
        const addresses = instancesOf(topology, called).map((name) => started.get(name)?.address ?? '');
        return [called, (joinedAddress(links[linkBetween(part.name, called)]) ?? addresses.join(',')).split(',')];
      }),
    );
    for (const name of instanceNames(part)) {
      const one = await startOne(input, part, name, numbers.get(name) ?? 0, calls);
      started.set(name, one);
      const store = storeOf(part);
      opened.push(async () => {
        const gone = one.service.process.exit !== null;
        const words = await one.service.stop();
        if (!one.keepsAccount) return;
        lastWords[name] = words;
        states.push({ part: part.name, store, path: one.statePath, gone });
      });
    }
    if (direct) continue;
    for (const caller of topology.parts.filter((other) => other.calls.includes(part.name))) {
      const link = linkBetween(caller.name, part.name);
      const upstreams = instanceNames(part).map((name) => started.get(name)?.address ?? '');
      const opening = await openLinks(stack, link, upstreams, opened);
      if (opening !== null) links[link] = opening;
    }
  }
  const services = [...numbers.keys()].flatMap((name) => started.get(name) ?? []);
  return { services, links, lastWords, states };
}

/** Their names. */
export function instancesOf({ parts }: Topology, name: string): string[] {
  return parts.filter((part) => part.name === name).flatMap(instanceNames);
}

/** Parts of a flow keep what they do in files, each in one of its own. */
function storeOf({ options }: PartSpec): StatePlace['store'] {
  const { flow, target } = options;
  return flow === undefined ? (target.state ?? target.store ?? 'memory') : 'file';
}

async function startOne(
  { workDirectory, trialId, stack, direct, listenHost, topology }: StartInput,
  part: PartSpec,
  name: string,
  number: number,
  calls: Readonly<Record<string, readonly string[]>>,
): Promise<StartedService> {
  const evidencePath = join(workDirectory, `${trialId}.${name}.evidence`);
  // A file is the service's: all its instances share it.
  const isShared = storeOf(part) === 'file';
  const statePath = join(workDirectory, `${trialId}.${isShared ? part.name : name}.${isShared ? 'sqlite' : 'held'}`);
  const port = await freePort();
  const isDialled = direct && [topology.entry, fallbackPart].includes(part.name);
  const host = isDialled ? (listenHost ?? loopback) : loopback;
  const broker = part.broker === null ? null : (requireStack(stack).brokers[part.broker] ?? missingPart());
  const way = wayTo(broker, direct ? undefined : joinedAddress(broker?.links.service));
  const service = await startReferenceService(
    part.module,
    {
      ...part.options,
      ...{ host, port },
      broker: way.address,
      ...(way.through !== undefined && { brokerLink: way.through }),
      calls,
      evidencePath,
      statePath,
      part: number,
      instance: instanceNames(part).indexOf(name),
    },
    join(workDirectory, `${trialId}.${name}.log`),
  );
  const keepsAccount = part.options.chain?.isEntry !== false;
  return { name, address: hostPort(host, port), service, evidencePath, statePath, keepsAccount };
}
