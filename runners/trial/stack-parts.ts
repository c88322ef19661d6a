/** What a trial takes of the stack that runs: links of its own, the proxy's process, and an eye on all that may end. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { LinkName, PartName } from '../../scenarios/scenario.ts';
import type { SupervisedProcess } from '../../targets/process/supervised-process.ts';
import type { Link, RunningBroker, RunningStack } from '../../targets/stack/stack.ts';
import type { FaultPart } from '../faults/fault-kind.ts';
import type { SecurableProbe } from '../faults/link-probe.ts';
import { ProxyPart } from '../faults/proxy-part.ts';
import type { PartProcesses } from '../recording/cpu-account.ts';

/** Work to be done at the end, the last first. */
export type Closers = (() => Promise<void>)[];

export function requireStack<T>(stack: T | null): T {
  return stack ?? missingPart();
}

export function missingPart(): never {
  throw new BenchError('stackPartMissing', 'A part of the stack that this trial needs was not started', {
    exitCode: exitCodes.internal,
  });
}

export async function openLink(
  stack: RunningStack | null,
  name: LinkName,
  upstream: string,
  opened: Closers,
): Promise<Link> {
  const running = requireStack(stack);
  const link = await running.openLink(name, upstream);
  opened.push(() => running.closeLink(link));
  return link;
}

/** One for each; the others hang on the first. null: there is none. */
export async function openLinks(
  stack: RunningStack | null,
  name: LinkName,
  upstreams: readonly string[],
  opened: Closers,
): Promise<Link | null> {
  const [first, ...others] = await Promise.all(upstreams.map((to) => openLink(stack, name, to, opened)));
  if (first === undefined) return null;
  return others.length === 0 ? first : { ...first, others };
}

/** Of several all addresses, with commas between. */
export function joinedAddress(link: Link | undefined): string | undefined {
  return link && [link, ...(link.others ?? [])].map(({ address }) => address).join(',');
}

export interface BrokerWay {
  /** null: there is no broker, and no link. */
  readonly address: string | null;
  /** What each connection to that address goes through instead. */
  readonly through?: string;
}

/** One that leads its clients to itself is dialled by its own address, which goes through the link all the same. */
export function wayTo(broker: RunningBroker | null, link: string | undefined): BrokerWay {
  const { listener, directAddress = null } = broker ?? {};
  const own = listener?.address ?? directAddress;
  if (link === undefined) return { address: own };
  return listener?.advertises ? { address: own, through: link } : { address: link };
}

export function proxyProcesses(stack: RunningStack | null): PartProcesses {
  const toxiproxy = stack?.processes.toxiproxy;
  return toxiproxy === undefined ? {} : { proxy: [toxiproxy] };
}

export function proxyPart(
  stack: RunningStack | null,
  link: Link,
  probe: SecurableProbe,
): Readonly<Record<PartName, FaultPart>> {
  const process = stack?.processes.toxiproxy;
  const client = stack?.toxiproxy ?? null;
  if (process === undefined || client === null) return {};
  return { toxiproxy: new ProxyPart(process, client, link, probe) };
}

/** `services`: by name. */
export function watchParts(stack: RunningStack | null, services: Readonly<Record<string, SupervisedProcess>>) {
  const lost = new Set<string>();
  const watched: [string, SupervisedProcess][] = Object.entries(services);
  for (const [name, part] of Object.entries(stack?.processes ?? {})) if (part !== undefined) watched.push([name, part]);
  const unsubscribe = watched.map(([name, part]) => {
    if (part.exit !== null) lost.add(name);
    return part.onExit((_exit, expected) => {
      if (!expected) lost.add(name);
    });
  });
  const lostNow = () => {
    for (const [name, part] of watched) if (part.exit !== null) lost.add(name);
    return [...lost];
  };
  return { lost: lostNow, close: () => unsubscribe.forEach((stop) => void stop()) };
}
