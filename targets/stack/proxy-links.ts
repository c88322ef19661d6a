/** Links are proxies inside one Toxiproxy: each on a loopback port of its own. */
import type { LinkName } from '../../scenarios/scenario.ts';
import type { Link } from './stack.ts';
import type { ToxiproxyClient } from './toxiproxy-client.ts';

export interface ProxyLinks {
  readonly client: ToxiproxyClient;
  /** Listens at `listen`, or at a free loopback port. */
  open(name: LinkName, upstream: string, listen?: string): Promise<Link>;
  openBoth(upstream: string): Promise<Readonly<Record<LinkName, Link>>>;
  close(link: Link): Promise<void>;
  /** Removes every proxy that was opened here. Never throws. */
  closeAll(): Promise<void>;
}

/** Of all that this process ever opened: two stacks may share one Toxiproxy. */
let count = 0;

export function openProxyLinks(client: ToxiproxyClient): ProxyLinks {
  const opened = new Map<string, Link>();
  const open: ProxyLinks['open'] = async (name, upstream, listen = '127.0.0.1:0') => {
    const proxy = `wirebench-${process.pid}-${count++}-${name}`;
    const { listen: address } = await client.createProxy(proxy, listen, upstream);
    const link: Link = { name, proxy, address, upstream };
    opened.set(proxy, link);
    return link;
  };
  const close = async (link: Link) => {
    opened.delete(link.proxy);
    await client.removeProxy(link.proxy);
  };
  return {
    client,
    open,
    openBoth: async (upstream) => ({
      client: await open('client', upstream),
      service: await open('service', upstream),
    }),
    close,
    async closeAll() {
      await Promise.all([...opened.values()].map((link) => close(link).catch(() => undefined)));
    },
  };
}

export function requireLinks(links: ProxyLinks | null): ProxyLinks {
  if (links === null) throw new Error('this stack has no Toxiproxy');
  return links;
}
