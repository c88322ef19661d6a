/** Parts that somebody else runs: nothing is started but, if need be, Toxiproxy; what we put there is taken away again. */

import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { brokerFacts } from '../../scenarios/protocols/registry.ts';
import { isAllowedHost } from '../../scenarios/schema/address.ts';
import { allowDial, firstRefusal } from '../allow-dial.ts';
import { unlessAborted } from '../process/unless-aborted.ts';
import type { ExternalBroker } from './broker-part.ts';
import { brokerParts } from './broker-parts.ts';
import { ensurePrograms, type InstallOptions } from './install.ts';
import { startNativeStack } from './native-stack.ts';
import { joinedLinks, openProxyLinks, type ProxyLinks, removeAbandonedProxies, requireLinks } from './proxy-links.ts';
import { createRunDirectory } from './run-directory.ts';
import {
  type BrokerLinkName,
  type BrokerName,
  type Link,
  neededBrokers,
  type RunningBroker,
  type RunningStack,
  type StackNeeds,
} from './stack.ts';
import { connectToxiproxy } from './toxiproxy-client.ts';

const probeDeadlineMs = 10_000;
const askClusterEveryMs = 200;

export interface ExternalAddresses {
  /** URL of Toxiproxy's control API. Absent: one is started here. */
  readonly toxiproxy?: string;
  readonly brokers?: Readonly<Partial<Record<BrokerName, ExternalBroker>>>;
}

export function isAnyGiven({ toxiproxy, brokers = {} }: ExternalAddresses): boolean {
  return toxiproxy !== undefined || Object.keys(brokers).length > 0;
}

export interface ExternalOptions extends InstallOptions {
  /** Hosts outside loopback that load may be sent to. */
  readonly allowHosts?: readonly string[];
}

/** Rejects with a BenchError (exit 3) that names the address that was not given, may not be used or does not answer. */
export async function startExternalStack(
  needs: StackNeeds,
  external: ExternalAddresses,
  options: ExternalOptions,
): Promise<RunningStack> {
  allowDial(options.allowHosts ?? []);
  refuseForeignHosts(external, options.allowHosts ?? []);
  const brokers = neededBrokers(needs);
  for (const [name] of brokers) {
    const isLinked = !brokerParts[name].advertises || external.brokers?.[name]?.links !== undefined;
    if (needs.toxiproxy && !isLinked) throw linksMissing(name);
  }
  const versions: Record<string, string> = {};
  for (const [name, members] of brokers) {
    const given = external.brokers?.[name];
    const told = await requireAnswer(name, given?.address, members, options.signal);
    versions[name] = told ?? given?.version ?? 'unknown';
  }
  const started = needs.toxiproxy && external.toxiproxy === undefined ? await startOwnToxiproxy(options) : null;
  const client = !needs.toxiproxy
    ? null
    : (started?.toxiproxy ?? (external.toxiproxy === undefined ? null : connectToxiproxy(external.toxiproxy)));
  const links = client === null ? null : openProxyLinks(client);
  const directory = started === null ? await createRunDirectory() : null;
  const down = async () => {
    await links?.closeAll();
    await started?.down();
    await directory?.remove();
  };
  try {
    if (client !== null) {
      versions.toxiproxy = await client.version();
      for (const name of await removeAbandonedProxies(client)) options.log(`removed the abandoned proxy ${name}`);
    }
    return {
      mode: 'external',
      versions,
      toxiproxy: client,
      brokers: await openBrokerLinks(brokers, external, links),
      processes: started?.processes ?? {},
      directory: started?.directory ?? directory?.path ?? '',
      openLink: async (name, upstream) => requireLinks(links).open(name, upstream),
      closeLink: async (link) => requireLinks(links).close(link),
      down,
    };
  } catch (error) {
    await down();
    throw error;
  }
}

async function openBrokerLinks(
  needed: readonly (readonly [BrokerName, number])[],
  external: ExternalAddresses,
  links: ProxyLinks | null,
): Promise<RunningStack['brokers']> {
  const brokers: Partial<Record<BrokerName, RunningBroker>> = {};
  for (const [name] of needed) {
    const given = external.brokers?.[name];
    if (given === undefined) continue;
    brokers[name] = { name, directAddress: given.address, links: links === null ? {} : await linksOf(given, links) };
  }
  return brokers;
}

async function linksOf(
  { address, links: advertised }: ExternalBroker,
  links: ProxyLinks,
): Promise<RunningBroker['links']> {
  if (advertised === undefined) return links.openBoth(address);
  const opened: Record<BrokerLinkName, Link[]> = { client: [], service: [] };
  for (const name of ['client', 'service'] as const) {
    for (const { upstream, listen } of advertised[name]) opened[name].push(await links.openAt(name, upstream, listen));
  }
  return joinedLinks(opened);
}

/** Each of several may answer before the others count on it: they are asked until all of them do. */
async function probeAll(
  name: BrokerName,
  address: string,
  members: number,
  bound: AbortSignal,
): Promise<string | null> {
  for (;;) {
    try {
      return await brokerParts[name].probe(address, members);
    } catch (error) {
      if (members === 1 || bound.aborted) throw error;
    }
    await sleep(askClusterEveryMs);
  }
}

async function startOwnToxiproxy(options: InstallOptions): Promise<RunningStack> {
  const paths = await ensurePrograms(['toxiproxy'], options);
  return startNativeStack({ toxiproxy: true, brokers: {} }, paths, options.signal);
}

/** Resolves with the version, null where it is not told. */
async function requireAnswer(
  name: BrokerName,
  address: string | undefined,
  members: number,
  signal: AbortSignal,
): Promise<string | null> {
  const given = address === undefined ? 'no address was given' : `${address} does not answer`;
  const error = (cause?: unknown) =>
    new BenchError('externalPart', `${brokerFacts[name].title} is needed, but ${given}`, {
      hint: `Give the address of a running one with --${name} HOST:PORT, or let Wirebench start its own with --stack native.`,
      exitCode: exitCodes.stack,
      cause,
    });
  if (address === undefined) throw error();
  try {
    const bound = AbortSignal.any([signal, AbortSignal.timeout(probeDeadlineMs)]);
    return await unlessAborted(probeAll(name, address, members, bound), bound);
  } catch (cause) {
    signal.throwIfAborted();
    throw firstRefusal() ?? error(cause);
  }
}

/** Nobody is hit who did not ask for it: an address given by a slip is still somebody's broker. */
function refuseForeignHosts(external: ExternalAddresses, allowHosts: readonly string[]): void {
  const given = [external.toxiproxy];
  for (const { address, links } of Object.values(external.brokers ?? {})) {
    given.push(...address.split(','));
    for (const { listen, upstream } of [...(links?.client ?? []), ...(links?.service ?? [])])
      given.push(listen, upstream);
  }
  for (const address of given) {
    if (address === undefined) continue;
    const host = URL.parse(address.includes('://') ? address : `bare://${address}`)?.hostname ?? '';
    if (host !== '' && isAllowedHost(host, allowHosts)) continue;
    throw new BenchError('foreignHost', `${address} is neither loopback nor listed under allowHosts`, {
      hint: host === '' ? 'Write HOST:PORT.' : `If load may be sent there, add ${host} to allowHosts in the scenario.`,
      exitCode: exitCodes.usage,
    });
  }
}

function linksMissing(name: BrokerName): BenchError {
  return new BenchError(
    `${name}Links`,
    `This ${brokerFacts[name].title} advertises its own address, so its clients would go round Toxiproxy`,
    {
      hint: `Give it two more listeners whose advertised addresses are proxies, and name them with --${name}-client-link LISTEN,UPSTREAM and --${name}-service-link LISTEN,UPSTREAM; or set \`via: direct\` on the target.`,
      exitCode: exitCodes.stack,
    },
  );
}
