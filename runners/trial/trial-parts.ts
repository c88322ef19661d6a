/** The real parts of one trial: a fresh service, its link, and the processes whose CPU is accounted. */
import { hasBroker } from '../../result/result-types.ts';
import { gatewayCacheOf } from '../../scenarios/cache-settings.ts';
import { gatewayPart } from '../../scenarios/gateway.ts';
import { subscribersLink } from '../../scenarios/places.ts';
import { brokerOf } from '../../scenarios/protocols/registry.ts';
import { subscribersOf } from '../../scenarios/push-settings.ts';
import type { LinkName, PartName, Target } from '../../scenarios/scenario.ts';
import { hasLog } from '../../scenarios/state-settings.ts';
import { fallbackPart } from '../../scenarios/target-services.ts';
import { sumOfGauges } from '../../targets/backlog-gauge.ts';
import { chainTopology } from '../../targets/chain/chain-topology.ts';
import { EvidenceReader, evidenceKinds } from '../../targets/domain/evidence.ts';
import { readHeld, readHeldByFlow, removeStates } from '../../targets/domain/held-state.ts';
import { formatOperationId } from '../../targets/domain/operation-id.ts';
import { flowTopology } from '../../targets/flow/flow-topology.ts';
import type { SupervisedProcess } from '../../targets/process/supervised-process.ts';
import { brokerParts as kindsOfBrokers } from '../../targets/stack/broker-parts.ts';
import { untilBrokerAnswers } from '../../targets/stack/part-health.ts';
import { brokerProcesses, type Link, type RunningBroker, type RunningStack } from '../../targets/stack/stack.ts';
import { type Topology, topologyOf } from '../../targets/topology/topology.ts';
import type { FaultPart, FaultProof } from '../faults/fault-kind.ts';
import { LeaderPart } from '../faults/leader-part.ts';
import { probeOf } from '../faults/link-probe.ts';
import { BacklogWatch } from '../recording/backlog-watch.ts';
import { BrokerWatch } from '../recording/broker-watch.ts';
import { type OpenedGateway, openGateway } from './open-gateway.ts';
import type { OpenedParts, TrialParts, TrialPartsInput } from './opened-parts.ts';
import { openOwnParts } from './own-parts.ts';
import { fallbackService } from './prepare-fallback.ts';
import { withSecuredBroker } from './secured-broker.ts';
import {
  type Closers,
  joinedAddress,
  missingPart,
  openLinks,
  proxyPart,
  proxyProcesses,
  requireStack,
  watchParts,
  wayTo,
} from './stack-parts.ts';
import { instancesOf, type StartedService, startServices } from './start-services.ts';

export async function openTrialParts(input: TrialPartsInput): Promise<TrialParts> {
  const opened: Closers = [];
  const closeAll = async () => {
    for (const close of opened.reverse()) await close().catch(() => undefined);
    opened.length = 0;
  };
  try {
    const isReference = input.prepared.target.address === undefined;
    const parts = isReference
      ? await openReference(input, input.topology ?? (await defaultTopology(input)), opened)
      : await openOwnParts(input, opened);
    return { ...parts, close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function defaultTopology({ scenario, entry, prepared }: TrialPartsInput): Promise<Topology> {
  const { target, names, topicNames, population, seed, trialTag, security } = prepared;
  const several = topicNames.length > 1 ? { topicNames } : {};
  const input = { scenario, target, entry, broker: brokerOf(target), names, ...several, population, seed, security };
  if (target.chain !== undefined) return chainTopology(input, trialTag);
  if (target.flow !== undefined) return flowTopology(input, target.flow, trialTag);
  const topology = topologyOf(input);
  const [first] = topology.parts;
  if (prepared.fallback === undefined || first === undefined) return topology;
  return { ...topology, parts: [...topology.parts, fallbackService(prepared.fallback, first)] };
}

async function openReference(given: TrialPartsInput, topology: Topology, opened: Closers): Promise<OpenedParts> {
  const { prepared, workDirectory, trialId } = given;
  const { target } = prepared;
  const stack = await withSecuredBroker(given.stack, target, opened);
  const input = { ...given, stack };
  const direct = target.via === 'direct';
  const { listenHost } = given;
  const started = await startServices({ topology, stack, direct, listenHost, workDirectory, trialId }, opened);
  const { services, lastWords } = started;
  const accounted = services.filter(({ keepsAccount }) => keepsAccount);
  const processes = Object.fromEntries(services.map(({ name, service }) => [name, service.process]));
  const instances = Object.fromEntries(
    instancesOf(topology, topology.entry).map((name) => [
      name,
      services.find((one) => one.name === name)?.address ?? missingPart(),
    ]),
  );
  const gateway = await gatewayBefore(input, topology.entry, instances, opened);
  if (gateway !== null) processes[gatewayPart] = gateway.process;
  const watch = watchParts(stack, processes);
  opened.push(async () => watch.close());
  const entries = gateway === null ? Object.values(instances) : [gateway.address];
  const used = entryBroker(topology, stack);
  /** Else it stands between the parts of a flow. */
  const broker = hasBroker(target.protocol) ? used : null;
  const links: Record<LinkName, Link> = {
    ...started.links,
    ...(!direct && used !== null && { service: used.links.service }),
    ...gateway?.links,
    ...(await linksToEntry(input, broker, entries, opened)),
  };
  const second = await openSecondTransport(input, services, opened);
  if (second.link !== null) links[fallbackPart] = second.link;
  const subscribersWay = await wayOfSubscribers(input, broker, entries, links, opened);
  const ofBroker = used === null || stack === null ? [] : brokerProcesses(stack, used.name);
  const parts = {
    service: Object.values(processes),
    ...(ofBroker.length === 0 ? {} : { broker: ofBroker }),
    ...(direct ? {} : proxyProcesses(stack)),
  };
  const rest = processesBeside(stack, Object.values(parts).flat());
  return {
    ...wayIn(broker, joinedAddress(links.client), entries),
    proxied: !direct,
    ...(second.address !== null && { fallbackAddress: second.address }),
    subscribersWay,
    links,
    evidencePaths: accounted.map(({ evidencePath }) => evidencePath),
    serviceNames: accounted.map(({ name }) => name),
    lastWords: () => lastWords,
    ...(hasLog(target) && { rebuilds: () => services.flatMap(({ service }) => service.rebuilds) }),
    async takeHeld() {
      const held = target.flow === undefined ? readHeld(started.states) : readHeldByFlow(started.states);
      await removeStates(started.states);
      return held;
    },
    processes: { ...parts, ...(rest.length === 0 ? {} : { rest }) },
    services: processes,
    allProcessesKnown: isAllOurs(stack),
    loadStarts: (zeroUs) => {
      for (const { service } of services) service.loadStarts(zeroUs);
    },
    backlog: watchBacklog(input, broker, opened),
    readOutputs: outputsReader(input, broker),
    brokerWatch: watchBroker(used, ofBroker, opened),
    async pending() {
      if (target.flow === undefined) return {};
      const told = services.map(async ({ name, service }) => [name, await service.pending()] as const);
      return Object.fromEntries(await Promise.all(told));
    },
    async release() {
      await Promise.allSettled(services.map(({ service }) => service.release()));
    },
    faultParts: {
      ...Object.fromEntries(services.map((one) => [one.name, servicePart(one, prepared.trialTag)])),
      ...(gateway !== null && { [gatewayPart]: gateway.part }),
      ...brokerParts(used, ofBroker, prepared.names.requests ?? ''),
      ...(links.client === undefined ? {} : proxyPart(stack, links.client, probeOf(target))),
    },
    lostParts: watch.lost,
  };
}

/** null: the load goes to the instances themselves. */
async function gatewayBefore(
  { scenario, prepared: { target, credentials }, stack, workDirectory, trialId }: TrialPartsInput,
  entry: string,
  instances: Readonly<Record<string, string>>,
  opened: Closers,
): Promise<OpenedGateway | null> {
  const { gateway: settings, protocol, via } = target;
  if (settings === undefined) return null;
  const direct = via === 'direct';
  const given = { settings, protocol, entry, instances, stack, direct, workDirectory, trialId };
  const callers = Object.keys(scenario.workload.callers ?? {});
  return openGateway({ ...given, cache: gatewayCacheOf(target), credentials, callers }, opened);
}

/** What the load goes through: to the broker, or to each instance of the service itself. */
async function linksToEntry(
  { prepared, stack }: TrialPartsInput,
  broker: RunningBroker | null,
  addresses: readonly string[],
  opened: Closers,
): Promise<Readonly<Record<LinkName, Link>>> {
  if (prepared.target.via === 'direct') return {};
  if (broker !== null) return broker.links;
  const client = await openLinks(stack, 'client', addresses, opened);
  return client === null ? {} : { client };
}

/** Over a link of their own, which is added to `links`. */
async function wayOfSubscribers(
  { scenario, prepared, stack }: TrialPartsInput,
  broker: RunningBroker | null,
  entries: readonly string[],
  links: Record<LinkName, Link>,
  opened: Closers,
): Promise<TrialParts['subscribersWay']> {
  if (subscribersOf(scenario) === null) return null;
  const upstreams = broker === null ? [entries[0] ?? missingPart()] : broker.directAddress.split(',');
  const isProxied = prepared.target.via !== 'direct';
  const link = isProxied ? await openLinks(stack, subscribersLink, upstreams, opened) : null;
  if (link === null) return { address: upstreams.join(','), through: null };
  links[subscribersLink] = link;
  const addresses = [link, ...(link.others ?? [])].map(({ address }) => address);
  if (broker === null || !kindsOfBrokers[broker.name].advertises)
    return { address: addresses.join(','), through: null };
  const through = Object.fromEntries(upstreams.map((upstream, n) => [upstream, addresses[n] ?? upstream]));
  return { address: upstreams.join(','), through };
}

/** To the service that is asked where the first was not ok, or to the broker before it. */
async function openSecondTransport(
  { prepared: { fallback }, stack }: TrialPartsInput,
  services: readonly StartedService[],
  opened: Closers,
): Promise<{ readonly address: string | null; readonly link: Link | null }> {
  if (fallback === undefined) return { address: null, link: null };
  const name = brokerOf(fallback.target);
  const broker = name === null ? null : (requireStack(stack).brokers[name] ?? missingPart());
  const service = services.find((one) => one.name === fallbackPart) ?? missingPart();
  if (fallback.target.via === 'direct') return { address: broker?.directAddress ?? service.address, link: null };
  const link =
    broker === null ? await openLinks(stack, fallbackPart, [service.address], opened) : (broker.links.client ?? null);
  return { address: joinedAddress(link ?? undefined) ?? null, link };
}

function wayIn(
  broker: RunningBroker | null,
  link: string | undefined,
  entries: readonly string[],
): Pick<OpenedParts, 'address' | 'linkOf'> {
  const { address, through } = wayTo(broker, link);
  return { address: address ?? entries.join(','), ...(through !== undefined && { linkOf: async () => through }) };
}

function entryBroker({ parts, entry }: Topology, stack: RunningStack | null): RunningBroker | null {
  const name = parts.find((part) => part.name === entry)?.broker ?? null;
  return name === null ? null : (requireStack(stack).brokers[name] ?? missingPart());
}

function servicePart({ name, service, evidencePath }: StartedService, trialTag: string): FaultPart {
  const deaths = new EvidenceReader(evidencePath);
  return {
    name,
    process: service.process,
    restart: service.restart,
    adjust: service.adjust,
    consume: service.consume,
    member: service.member,
    arm: service.arm,
    rebuilt: service.rebuilt,
    died: () => lastDeath(deaths, trialTag),
  };
}

/** Of what was written since it was asked last. */
function lastDeath(evidence: EvidenceReader, trialTag: string): FaultProof {
  let operation: string | null = null;
  for (const { kind, producer, sequence } of evidence.more()) {
    if (kind === evidenceKinds.died) operation = formatOperationId(trialTag, producer, sequence);
  }
  return { operation };
}

function watchBacklog(
  { entry, prepared }: TrialPartsInput,
  broker: RunningBroker | null,
  opened: Closers,
): TrialParts['backlog'] {
  if (entry.backlog === undefined || broker === null) return null;
  const { open, openDeadLetters } = entry.backlog;
  const gauges = prepared.topicNames.map((names) => open(broker.directAddress, names));
  const watch = new BacklogWatch(sumOfGauges(gauges));
  opened.push(async () => void (await watch.stop()));
  const deadLetters = hasOwnDeadLetters(prepared.target)
    ? sumOfGauges(prepared.topicNames.map((names) => openDeadLetters(broker.directAddress, names)))
    : null;
  if (deadLetters !== null) opened.push(() => deadLetters.close());
  return { counts: entry.backlog.counts, watch, deadLetters };
}

function outputsReader(
  { entry, prepared: { target, topicNames } }: TrialPartsInput,
  broker: RunningBroker | null,
): TrialParts['readOutputs'] {
  const { outputs } = entry;
  const produces = 'produces' in target && target.produces === true;
  if (outputs === undefined || broker === null || !produces) return null;
  return (until) => outputs.read(broker.directAddress, topicNames, until);
}

function watchBroker(
  broker: RunningBroker | null,
  processes: readonly SupervisedProcess[],
  opened: Closers,
): BrokerWatch | null {
  if (broker === null || processes.length === 0) return null;
  const watch = new BrokerWatch(processes, broker.folders ?? []);
  opened.push(async () => void (await watch.stop()));
  return watch;
}

function hasOwnDeadLetters(target: Target): boolean {
  if (target.protocol === 'queue' && target.broker === 'sqs') return target.maxReceives !== undefined;
  if (target.protocol === 'queue' && target.queue?.deliveryLimit !== undefined) return true;
  if (target.protocol === 'stream' && target.onRefusal === 'retryTopic') return true;
  return 'onRefusal' in target && target.onRefusal === 'deadLetter' && target.deadLetter === undefined;
}

function brokerParts(
  broker: RunningBroker | null,
  [process]: readonly SupervisedProcess[],
  topic: string,
): Partial<Record<PartName, FaultPart>> {
  if (broker === null || process === undefined) return {};
  return { broker: broker.members === undefined ? brokerPart(broker, process) : new LeaderPart(broker, topic) };
}

function brokerPart({ name, directAddress }: RunningBroker, process: SupervisedProcess): FaultPart {
  return {
    name,
    process,
    async restart() {
      await process.restart();
      await untilBrokerAnswers(name, directAddress);
    },
  };
}

/** What the stack runs for other trials. */
function processesBeside(stack: RunningStack | null, used: readonly SupervisedProcess[]): SupervisedProcess[] {
  return Object.values(stack?.processes ?? {}).filter((part) => part !== undefined && !used.includes(part));
}

function isAllOurs(stack: RunningStack | null): boolean {
  if (stack === null) return true;
  const names = [...(stack.toxiproxy === null ? [] : (['toxiproxy'] as const)), ...Object.keys(stack.brokers)];
  const processes: Readonly<Record<string, SupervisedProcess | undefined>> = stack.processes;
  return names.every((name) => processes[name] !== undefined);
}
