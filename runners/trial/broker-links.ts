/** The links to the brokers of the user's own Kafka: one for each address that it advertises, opened when first dialled. */
import { judgedAddress } from '../../targets/allow-dial.ts';
import type { Link, RunningStack } from '../../targets/stack/stack.ts';
import type { ToxiproxyClient } from '../../targets/stack/toxiproxy-client.ts';
import { type Closers, openLink } from './stack-parts.ts';

export interface BrokerLinks {
  /** The first; the others are added to it as they are opened. */
  readonly client: Link;
  /** `host:port` of the proxy that leads to this broker. Rejects as a connection would, or as the gate does. */
  addressOf(broker: string): Promise<string>;
}

/** `bootstrap`: `host:port` each, of which one at least must have an address. */
export async function openBrokerLinks(
  stack: RunningStack | null,
  bootstrap: readonly string[],
  opened: Closers,
): Promise<BrokerLinks> {
  const links = new Map<string, Promise<Link>>();
  const open = async (broker: string) => openLink(stack, 'client', await judgedAddress(broker), opened);
  const others: Link[] = [];
  const client: Link = { ...(await firstOf(bootstrap, open, links)), others };
  return {
    client,
    async addressOf(broker) {
      const known = links.get(broker);
      if (known !== undefined) return (await known).address;
      const opening = open(broker).then(async (link) => {
        others.push(link);
        if (stack?.toxiproxy) await takeAfter(stack.toxiproxy, client, link);
        return link;
      });
      links.set(broker, opening);
      opening.catch(() => links.delete(broker)); // its name may be known later
      return (await opening).address;
    },
  };
}

async function firstOf(
  bootstrap: readonly string[],
  open: (broker: string) => Promise<Link>,
  links: Map<string, Promise<Link>>,
): Promise<Link> {
  let failure: unknown;
  for (const broker of bootstrap) {
    try {
      const link = await open(broker);
      links.set(broker, Promise.resolve(link));
      return link;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** A broker that joins during a fault feels it as the others do. */
async function takeAfter(toxiproxy: ToxiproxyClient, from: Link, to: Link): Promise<void> {
  const found = (await toxiproxy.listProxies()).find(({ name }) => name === from.proxy);
  if (found === undefined) return;
  const has = await toxiproxy.listToxics(to.proxy);
  for (const toxic of found.toxics) if (!has.includes(toxic.name)) await toxiproxy.addToxic(to.proxy, toxic);
  if (!found.enabled) await toxiproxy.setEnabled(to.proxy, false);
}
