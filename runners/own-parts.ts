/** The parts of a trial against the user's own system: at most a link in front of it. */
import { judgedAddress } from '../targets/allow-dial.ts';
import { hostAndPort } from '../targets/target-address.ts';
import { type Closers, openLink, proxyPart, proxyProcesses, watchParts } from './stack-parts.ts';
import type { OpenedParts, TrialPartsInput } from './trial-parts.ts';

export async function openOwnParts(
  { prepared, stack }: Pick<TrialPartsInput, 'prepared' | 'stack'>,
  opened: Closers,
): Promise<OpenedParts> {
  const { target } = prepared;
  const upstream = hostAndPort(target.address ?? '', target.protocol);
  const watch = watchParts(stack, {});
  opened.push(async () => watch.close());
  const nothingOfOurs = {
    evidencePaths: null,
    lastWords: () => ({}),
    services: {},
    loadStarts: () => undefined,
    backlog: null,
    allProcessesKnown: false,
    lostParts: watch.lost,
  };
  if (target.via === 'direct') {
    return { ...nothingOfOurs, address: upstream, proxied: false, links: {}, processes: {}, faultParts: {} };
  }
  const client = await openLink(stack, 'client', await judgedAddress(upstream), opened);
  return {
    ...nothingOfOurs,
    address: client.address,
    proxied: true,
    links: { client },
    processes: proxyProcesses(stack),
    faultParts: proxyPart(stack, client, target.protocol),
  };
}
