/** Links are proxies inside one Toxiproxy: each on a loopback port of its own. */
import type { LinkName } from '../../scenarios/scenario.ts';
import type { Link } from './stack.ts';
import type { ToxiproxyClient } from './toxiproxy-client.ts';

export interface ProxyLinks {
  readonly client: ToxiproxyClient;
  /** Listens at `listen`, or at a free loopback port. */
  open(name: LinkName, upstream: string, listen?: string): Promise<Link>;
  close(link: Link): Promise<void>;
  /** Removes every proxy that was opened here. */
  closeAll(): Promise<void>;
}

export function openProxyLinks(client: ToxiproxyClient): ProxyLinks {
  const opened = new Map<string, Link>();
  let count = 0;
  const close = async (link: Link) => {
    opened.delete(link.proxy);
    await client.removeProxy(link.proxy);
  };
  return {
    client,
    async open(name, upstream, listen = '127.0.0.1:0') {
      const proxy = `wirebench-${process.pid}-${count++}-${name}`;
      const { listen: address } = await client.createProxy(proxy, listen, upstream);
      const link: Link = { name, proxy, address, upstream };
      opened.set(proxy, link);
      return link;
    },
    close,
    async closeAll() {
      for (const link of [...opened.values()]) await close(link).catch(() => undefined);
    },
  };
}
