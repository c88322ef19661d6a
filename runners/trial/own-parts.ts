/** The parts of a trial against the user's own system: at most links in front of it. */

import { subscribersLink } from '../../scenarios/places.ts';
import { factsOf } from '../../scenarios/protocols/registry.ts';
import type { Target } from '../../scenarios/scenario.ts';
import { spokenAt } from '../../scenarios/settled-settings.ts';
import { judgedAddress } from '../../targets/allow-dial.ts';
import type { Link } from '../../targets/stack/stack.ts';
import { hostsAndPorts } from '../../targets/target-address.ts';
import { probeOf } from '../faults/link-probe.ts';
import { requireWatched } from '../recording/watched-system.ts';
import { openBrokerLinks } from './broker-links.ts';
import type { OpenedParts, TrialPartsInput } from './opened-parts.ts';
import { type Closers, openLink, proxyPart, proxyProcesses, watchParts } from './stack-parts.ts';

export async function openOwnParts(
  { prepared, stack }: Pick<TrialPartsInput, 'prepared' | 'stack'>,
  opened: Closers,
): Promise<OpenedParts> {
  const { target } = prepared;
  if (target.watch !== undefined) await requireWatched(target.name, target.watch, new AbortController().signal);
  const upstreams = hostsAndPorts(target.address ?? '', target);
  const watch = watchParts(stack, {});
  opened.push(async () => watch.close());
  const nothingOfOurs = {
    evidencePaths: null,
    serviceNames: [],
    lastWords: () => ({}),
    takeHeld: async () => null,
    services: {},
    loadStarts: () => undefined,
    backlog: null,
    readOutputs: null,
    brokerWatch: null,
    pending: async () => ({}),
    release: async () => undefined,
    allProcessesKnown: false,
    lostParts: watch.lost,
  };
  const { link: toSubscribers, way: subscribersWay } = await openSubscribersWay(stack, target, opened);
  if (target.via === 'direct') {
    const address = upstreams.join(',');
    return { ...nothingOfOurs, subscribersWay, address, proxied: false, links: {}, processes: {}, faultParts: {} };
  }
  const { client, ...way } = await openWay(stack, target, upstreams, opened);
  return {
    ...nothingOfOurs,
    ...way,
    subscribersWay,
    proxied: true,
    links: { client, ...(toSubscribers && { [subscribersLink]: toSubscribers }) },
    processes: proxyProcesses(stack),
    faultParts: proxyPart(stack, client, probeOf(target)),
  };
}

/** To where its events are seen; a topic's brokers may be several, and are dialled past the proxy. */
async function openSubscribersWay(
  stack: TrialPartsInput['stack'],
  { events, address = '', via }: Target,
  opened: Closers,
): Promise<{ readonly link: Link | null; readonly way: OpenedParts['subscribersWay'] }> {
  if (events === undefined) return { link: null, way: null };
  const seenAt = 'url' in events ? events.url : 'address' in events ? events.address : address;
  const places = hostsAndPorts(seenAt, spokenAt[events.by]);
  if (via === 'direct' || events.by === 'topic') return { link: null, way: { address: '', through: null } };
  const link = await openLink(stack, subscribersLink, await judgedAddress(places[0]), opened);
  return { link, way: { address: link.address, through: null } };
}

/** Brokers of a cluster tell their clients where they are: those names stay, and each is led through a link of its own. */
async function openWay(
  stack: TrialPartsInput['stack'],
  target: Target,
  upstreams: readonly [string, ...string[]],
  opened: Closers,
): Promise<Pick<OpenedParts, 'address' | 'linkOf'> & { readonly client: Link }> {
  if (factsOf(target).isClustered) {
    const { client, addressOf } = await openBrokerLinks(stack, upstreams, opened);
    return { client, address: upstreams.join(','), linkOf: addressOf };
  }
  const client = await openLink(stack, 'client', await judgedAddress(upstreams[0]), opened);
  return { client, address: client.address };
}
