/** Links are proxies inside one Toxiproxy: each on a port of its own, of loopback unless the load comes from elsewhere. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { LinkName } from '../../scenarios/scenario.ts';
import { fallbackPart } from '../../scenarios/target-services.ts';
import { hostPort, loopback } from '../host-port.ts';
import { type HostLock, tryHostLock } from '../process/host-lock.ts';
import { isAbandoned, ownerTag } from '../process/process-identity.ts';
import type { BrokerLinkName, Link, RunningBroker } from './stack.ts';
import type { ToxiproxyClient } from './toxiproxy-client.ts';

export interface ProxyLinks {
  readonly client: ToxiproxyClient;
  /** At a free port. */
  open(name: LinkName, upstream: string): Promise<Link>;
  /** `upstreams`: `host:port` of a broker; of a cluster all of them with commas between. */
  openBoth(upstreams: string): Promise<RunningBroker['links']>;
  /**
   * At an address that is given; a proxy that is there already is used, freed of toxics. Rejects with a BenchError
   * (exit 3) while another run of this machine has it: the faults of one would hit the other.
   */
  openAt(name: LinkName, upstream: string, listen: string): Promise<Link>;
  close(link: Link): Promise<void>;
  /** Takes away all that was opened here, undoes all toxics. Never throws. */
  closeAll(): Promise<void>;
}

/** The others are between parts of ours. */
const loadLinks: readonly LinkName[] = ['client', fallbackPart];

/** Of all that this process ever opened: two stacks may share one Toxiproxy. */
let count = 0;

/** `listenHost`: where those listen that load comes through. */
export function openProxyLinks(client: ToxiproxyClient, listenHost = loopback): ProxyLinks {
  const closers = new Map<string, () => Promise<void>>();
  const create = async (name: LinkName, upstream: string, listen: string): Promise<Link> => {
    const proxy = `wirebench-${ownerTag()}-${count++}-${name}`;
    const { listen: address } = await client.createProxy(proxy, listen, upstream);
    closers.set(proxy, () => client.removeProxy(proxy));
    return { name, proxy, address, upstream };
  };
  const open: ProxyLinks['open'] = (name, upstream) => {
    const host = loadLinks.includes(name) ? listenHost : loopback;
    return create(name, upstream, hostPort(host, 0));
  };
  const close = async ({ proxy }: Pick<Link, 'proxy'>) => {
    const closer = closers.get(proxy);
    closers.delete(proxy);
    await closer?.();
  };
  const adopt = async (name: LinkName, proxy: string, upstream: string, listen: string): Promise<Link> => {
    closers.set(proxy, () => clear(client, proxy));
    await clear(client, proxy);
    return { name, proxy, address: listen, upstream };
  };
  return {
    client,
    open,
    async openBoth(upstreams) {
      const opened: Record<BrokerLinkName, Link[]> = { client: [], service: [] };
      for (const upstream of upstreams.split(',')) {
        opened.client.push(await open('client', upstream));
        opened.service.push(await open('service', upstream));
      }
      return joinedLinks(opened);
    },
    async openAt(name, upstream, listen) {
      const lock = await tryHostLock(`link-${listen}`);
      if (lock === null) throw linkBusy(listen);
      try {
        const found = (await client.listProxies()).find((proxy) => proxy.listen === listen);
        if (found !== undefined && found.upstream !== upstream) throw linkElsewhere(listen, found.upstream, upstream);
        const link = await (found ? adopt(name, found.name, upstream, listen) : create(name, upstream, listen));
        closers.set(link.proxy, releasing(lock, closers.get(link.proxy)));
        return link;
      } catch (error) {
        await lock.release();
        throw error;
      }
    },
    close,
    async closeAll() {
      await Promise.all([...closers.keys()].map((proxy) => close({ proxy }).catch(() => undefined)));
    },
  };
}

function releasing(lock: HostLock, closer: (() => Promise<void>) | undefined): () => Promise<void> {
  return async () => {
    try {
      await closer?.();
    } finally {
      await lock.release();
    }
  };
}

async function clear(client: ToxiproxyClient, proxy: string): Promise<void> {
  for (const toxic of await client.listToxics(proxy)) await client.removeToxic(proxy, toxic);
  await client.setEnabled(proxy, true);
}

/** Proxies that runs of this machine opened and could not remove any more, being killed. Returns their names. */
export async function removeAbandonedProxies(client: ToxiproxyClient): Promise<string[]> {
  const proxies = await client.listProxies();
  const abandoned = proxies
    .map(({ name }) => name)
    .filter((name) => name.startsWith('wirebench-') && isAbandoned(name));
  for (const name of abandoned) await client.removeProxy(name);
  return abandoned;
}

export function requireLinks(links: ProxyLinks | null): ProxyLinks {
  if (links === null) throw new Error('this stack has no Toxiproxy');
  return links;
}

/** One link of each name, with those to the other brokers. */
export function joinedLinks(links: Readonly<Record<BrokerLinkName, readonly Link[]>>): RunningBroker['links'] {
  const entries = Object.entries(links).flatMap(([name, [first, ...others]]) => {
    return first === undefined ? [] : [[name, others.length === 0 ? first : { ...first, others }] as const];
  });
  return Object.fromEntries(entries);
}

function linkBusy(listen: string): BenchError {
  return new BenchError('linkBusy', `Another run on this machine uses the link at ${listen}`, {
    hint: 'Wait for it to end, or leave out --stack external: a stack of its own collides with nobody.',
    exitCode: exitCodes.stack,
  });
}

function linkElsewhere(listen: string, found: string, wanted: string): BenchError {
  return new BenchError('linkElsewhere', `The proxy at ${listen} leads to ${found}, not to ${wanted}`, {
    hint: 'Correct LISTEN,UPSTREAM of the Kafka link, or remove that proxy from Toxiproxy.',
    exitCode: exitCodes.stack,
  });
}
