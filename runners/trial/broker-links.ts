/** The links to the brokers of the user's own Kafka: one for each address that it advertises, opened when first dialled. */
import { judgedAddress } from '../../targets/allow-dial.ts';
import { firstThatAnswers } from '../../targets/first-that-answers.ts';
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
  const first = await firstThatAnswers(bootstrap, async (broker) => {
    const link = await open(broker);
    links.set(broker, Promise.resolve(link));
    return link;
  });
  const client: Link = { ...first, others };
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

/** A broker that joins during a fault feels it as the others do. */
async function takeAfter(toxiproxy: ToxiproxyClient, from: Link, to: Link): Promise<void> {
  const found = (await toxiproxy.listProxies()).find(({ name }) => name === from.proxy);
  if (found === undefined) return;
  const has = await toxiproxy.listToxics(to.proxy);
  for (const toxic of found.toxics) if (!has.includes(toxic.name)) await toxiproxy.addToxic(to.proxy, toxic);
  if (!found.enabled) await toxiproxy.setEnabled(to.proxy, false);
}
