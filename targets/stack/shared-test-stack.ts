/**
 * One stack for all `*.integration.test.ts`: real parts, each started when the first test asks for it, and installed
 * unasked if it is missing; they live until the whole `vitest run` ends. Use:
 *
 *     const stack = await sharedTestStack({ rabbitmq: true });   // in beforeAll; Toxiproxy is always there
 *     stack.brokers.rabbitmq?.directAddress                      // host:port without a proxy
 *     stack.brokers.rabbitmq?.links.client                       // the proxied way; add toxics to its `proxy`
 *     const link = await stack.openLink('client', '127.0.0.1:4711');   // a proxy to a service of the test
 *     await stack.toxiproxy.addToxic(link.proxy, …);
 *     await stack.down();                                        // in afterAll: takes away the links opened here
 *
 * It is a RunningStack without processes. Others use the brokers too: name queues, topics and groups uniquely, undo
 * toxics on the brokers' own links, and never stop a part; who needs to kill one starts a stack of its own with startStack.
 */
import { inject } from 'vitest';
import { openProxyLinks } from './proxy-links.ts';
import { type BrokerName, type RunningBroker, type RunningStack, requireBroker } from './stack.ts';
import { connectToxiproxy, type ToxiproxyClient } from './toxiproxy-client.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL at which the vitest process answers requests for parts. */
    sharedTestStack: string;
  }
}

const startDeadlineMs = 300_000;

export type SharedNeeds = Readonly<Partial<Record<'toxiproxy' | BrokerName, boolean>>>;

/** What the vitest process answers: where the parts are that were asked for. */
export interface SharedParts {
  readonly toxiproxyUrl: string;
  readonly versions: RunningStack['versions'];
  readonly brokers: RunningStack['brokers'];
  readonly directory: string;
}

export interface SharedTestStack extends RunningStack {
  readonly toxiproxy: ToxiproxyClient;
  /** The broker; throws when it was not asked for. */
  broker(name: RunningBroker['name']): RunningBroker;
}

/** The first call for a broker takes until that is ready (about 10 s), or installed (half a minute): give hooks a minute or two. */
export async function sharedTestStack(needs: SharedNeeds = {}): Promise<SharedTestStack> {
  const response = await fetch(inject('sharedTestStack'), {
    method: 'POST',
    body: JSON.stringify(needs),
    signal: AbortSignal.timeout(startDeadlineMs),
  });
  if (!response.ok) throw new Error(`The shared test stack could not be started:\n${await response.text()}`);
  const parts = (await response.json()) as SharedParts;
  const toxiproxy = connectToxiproxy(parts.toxiproxyUrl);
  const links = openProxyLinks(toxiproxy);
  return {
    mode: 'native',
    versions: parts.versions,
    toxiproxy,
    brokers: parts.brokers,
    broker: (name) => requireBroker(parts.brokers, name),
    processes: {},
    directory: parts.directory,
    openLink: links.open,
    closeLink: links.close,
    down: links.closeAll,
  };
}
