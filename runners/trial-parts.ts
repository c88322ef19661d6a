/** The real parts of one trial: a fresh service, its link, and the processes whose CPU is accounted. */
import { join } from 'node:path';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import { type LinkName, type PartName, resilienceOf, type Scenario, type Target } from '../scenarios/scenario.ts';
import { judgedAddress } from '../targets/allow-dial.ts';
import type { LastWords } from '../targets/domain/host-service.ts';
import type { ProtocolEntry } from '../targets/driver.ts';
import { freePort } from '../targets/process/free-port.ts';
import { type RunningService, startReferenceService } from '../targets/process/reference-service.ts';
import type { SupervisedProcess } from '../targets/process/supervised-process.ts';
import { untilBrokerAnswers } from '../targets/stack/part-health.ts';
import type { Link, RunningBroker, RunningStack } from '../targets/stack/stack.ts';
import { hostAndPort } from '../targets/target-address.ts';
import type { FaultPart } from './faults/fault-kind.ts';
import { LeaderPart } from './faults/leader-part.ts';
import { ProxyPart } from './faults/proxy-part.ts';
import { brokerOf, type PreparedTrial } from './prepare-trial.ts';
import { BacklogWatch } from './recording/backlog-watch.ts';
import type { PartProcesses } from './recording/cpu-account.ts';

export interface TrialParts {
  /** `host:port` for the load to dial. */
  readonly address: string;
  readonly proxied: boolean;
  readonly links: Readonly<Partial<Record<LinkName, Link>>>;
  /** One file a service; null for an own system: nobody keeps a ledger there. */
  readonly evidencePaths: readonly string[] | null;
  /** After `close`: what our service said at its end; null: not ours, killed meanwhile, or it did not say. */
  lastWords(): LastWords | null;
  readonly processes: PartProcesses;
  /** Tells our service when warm-up will be over, in monotonic µs. */
  loadStarts(zeroUs: number): void;
  /** null: no broker, or not our service behind it. */
  readonly backlog: { readonly counts: string; readonly watch: BacklogWatch } | null;
  /** `processes` is all that this run keeps busy: neither an own system nor a part that somebody else started. */
  readonly allProcessesKnown: boolean;
  /** What faults may pause, kill or adjust: only what this run has started. */
  readonly faultParts: Readonly<Partial<Record<PartName, FaultPart>>>;
  /** Parts that ended although nobody asked them to, or did not come back after a fault. */
  lostParts(): readonly string[];
  close(): Promise<void>;
}

export interface TrialPartsInput {
  readonly scenario: Scenario;
  readonly entry: ProtocolEntry;
  readonly prepared: PreparedTrial;
  /** null when only direct own systems are under load. */
  readonly stack: RunningStack | null;
  readonly workDirectory: string;
  readonly trialId: string;
}

export async function openTrialParts(input: TrialPartsInput): Promise<TrialParts> {
  const opened: (() => Promise<void>)[] = [];
  const closeAll = async () => {
    for (const close of opened.reverse()) await close().catch(() => undefined);
    opened.length = 0;
  };
  try {
    const { target } = input.prepared;
    const parts = target.address === undefined ? await openReference(input, opened) : await openOwn(input, opened);
    return { ...parts, close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

type Opened = Omit<TrialParts, 'close'>;

async function openOwn({ prepared, stack }: TrialPartsInput, opened: (() => Promise<void>)[]): Promise<Opened> {
  const { target } = prepared;
  const upstream = hostAndPort(target.address ?? '', target.protocol);
  const watch = watchParts(stack, []);
  opened.push(async () => watch.close());
  if (target.via === 'direct') {
    return {
      ...{ address: upstream, proxied: false, links: {}, evidencePaths: null, processes: {}, faultParts: {} },
      lastWords: () => null,
      loadStarts: () => undefined,
      backlog: null,
      allProcessesKnown: false,
      lostParts: watch.lost,
    };
  }
  const client = await openLink(requireStack(stack), await judgedAddress(upstream), opened);
  const processes = proxyProcesses(stack);
  return {
    address: client.address,
    proxied: true,
    links: { client },
    evidencePaths: null,
    lastWords: () => null,
    processes,
    loadStarts: () => undefined,
    backlog: null,
    faultParts: proxyPart(stack, client, target.protocol),
    allProcessesKnown: false,
    lostParts: watch.lost,
  };
}

async function openReference(input: TrialPartsInput, opened: (() => Promise<void>)[]): Promise<Opened> {
  const { scenario, entry, prepared, workDirectory, trialId } = input;
  const { target } = prepared;
  const direct = target.via === 'direct';
  const broker = brokerFor(input);
  const evidencePath = join(workDirectory, `${trialId}.service.evidence`);
  const port = await freePort();
  const service = await startReferenceService(
    entry.servicePath,
    {
      protocol: target.protocol,
      target,
      port,
      broker: broker === null ? null : direct ? broker.directAddress : addressOf(broker, 'service'),
      names: prepared.names,
      evidencePath,
      population: prepared.population,
      ...scenario.workload.service,
      idempotent: resilienceOf(scenario, target).idempotencyKey,
      allowHosts: scenario.allowHosts,
      seed: prepared.seed,
    },
    join(workDirectory, `${trialId}.service.log`),
  );
  let lastWords: LastWords | null = null;
  opened.push(async () => {
    lastWords = await service.stop();
  });
  const watch = watchParts(input.stack, [service]);
  opened.push(async () => watch.close());
  const links = broker !== null ? (direct ? {} : broker.links) : {};
  const own = `127.0.0.1:${port}`;
  const client = broker === null && !direct ? await openLink(requireStack(input.stack), own, opened) : links.client;
  const address = joinedAddress(client) ?? broker?.directAddress ?? own;
  const brokerProcesses = broker === null ? [] : processesOf(broker, input.stack);
  const used = {
    service: [service.process],
    ...(brokerProcesses.length === 0 ? {} : { broker: brokerProcesses }),
    ...(direct ? {} : proxyProcesses(input.stack)),
  };
  const rest = processesBeside(input.stack, Object.values(used).flat());
  return {
    address,
    proxied: !direct,
    links: client === undefined ? links : { ...links, client },
    evidencePaths: [evidencePath],
    lastWords: () => lastWords,
    processes: { ...used, ...(rest.length === 0 ? {} : { rest }) },
    allProcessesKnown: isAllOurs(input.stack),
    loadStarts: (zeroUs) => service.loadStarts(zeroUs),
    backlog: watchBacklog(input, broker, opened),
    faultParts: {
      service: { name: 'service', process: service.process, restart: service.restart, adjust: service.adjust },
      ...brokerParts(broker, brokerProcesses, prepared.names.requests ?? ''),
      ...(direct || client === undefined ? {} : proxyPart(input.stack, client, target.protocol)),
    },
    lostParts: watch.lost,
  };
}

function watchBacklog(
  { entry, prepared }: TrialPartsInput,
  broker: RunningBroker | null,
  opened: (() => Promise<void>)[],
): TrialParts['backlog'] {
  if (entry.backlog === undefined || broker === null) return null;
  const watch = new BacklogWatch(entry.backlog.open(broker.directAddress, prepared.names));
  opened.push(async () => void (await watch.stop()));
  return { counts: entry.backlog.counts, watch };
}

function processesOf({ name, members }: RunningBroker, stack: RunningStack | null): SupervisedProcess[] {
  if (members !== undefined) return members.map(({ process }) => process);
  const process = stack?.processes[name];
  return process === undefined ? [] : [process];
}

function brokerParts(
  broker: RunningBroker | null,
  [process]: readonly SupervisedProcess[],
  topic: string,
): Partial<Record<PartName, FaultPart>> {
  if (broker === null || process === undefined) return {};
  const { members } = broker;
  return { broker: members === undefined ? brokerPart(broker, process) : new LeaderPart(members, topic) };
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

function proxyPart(
  stack: RunningStack | null,
  link: Link,
  protocol: Target['protocol'],
): Partial<Record<PartName, FaultPart>> {
  const process = stack?.processes.toxiproxy;
  const client = stack?.toxiproxy ?? null;
  if (process === undefined || client === null) return {};
  return { toxiproxy: new ProxyPart(process, client, link, protocol) };
}

function brokerFor({ prepared, stack }: TrialPartsInput): RunningBroker | null {
  const name = brokerOf(prepared.target.protocol);
  return name === null ? null : (requireStack(stack).brokers[name] ?? requireStack(null));
}

function addressOf(broker: RunningBroker, link: LinkName): string {
  return joinedAddress(broker.links[link]) ?? broker.directAddress;
}

/** Of a cluster all of them, with commas between. */
function joinedAddress(link: Link | undefined): string | undefined {
  return link && [link, ...(link.others ?? [])].map(({ address }) => address).join(',');
}

function requireStack<T>(stack: T | null): T {
  if (stack !== null) return stack;
  throw new BenchError('stackPartMissing', 'A part of the stack that this trial needs was not started', {
    exitCode: exitCodes.internal,
  });
}

async function openLink(stack: RunningStack, upstream: string, opened: (() => Promise<void>)[]): Promise<Link> {
  const link = await stack.openLink('client', upstream);
  opened.push(() => stack.closeLink(link));
  return link;
}

function proxyProcesses(stack: RunningStack | null): PartProcesses {
  const toxiproxy = stack?.processes.toxiproxy;
  return toxiproxy === undefined ? {} : { proxy: [toxiproxy] };
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

function watchParts(stack: RunningStack | null, services: readonly RunningService[]) {
  const lost = new Set<string>();
  const watched: [string, SupervisedProcess][] = services.map((service) => ['service', service.process]);
  for (const [name, part] of Object.entries(stack?.processes ?? {})) if (part !== undefined) watched.push([name, part]);
  const unsubscribe = watched.map(([name, part]) => {
    if (part.exit !== null) lost.add(name);
    return part.onExit((_exit, expected) => {
      if (!expected) lost.add(name);
    });
  });
  const lostNow = () => {
    for (const [name, part] of watched) if (part.exit !== null) lost.add(name);
    return [...lost];
  };
  return { lost: lostNow, close: () => unsubscribe.forEach((stop) => void stop()) };
}
