/** From a condition's windows to what is really done: each joined with the link or the process that it acts on. */
import type { SettingValue } from '../../result/result-types.ts';
import { sizedAt } from '../../scenarios/faults/registry.ts';
import type { ProtocolFacts } from '../../scenarios/protocols/protocol-facts.ts';
import type { FaultWindow, LinkFault, LinkName, PartFault, PartName } from '../../scenarios/scenario.ts';
import type { Link } from '../../targets/stack/stack.ts';
import type { ToxiproxyClient } from '../../targets/stack/toxiproxy-client.ts';
import type { FaultKind, FaultPart, FaultProof, LinkFaultContext, PartFaultContext } from './fault-kind.ts';
import { linkFaultKind, partFaultKind } from './fault-kinds.ts';
import { probeRoundTripUs } from './link-probe.ts';
import { isRamped, rampSteps } from './ramp.ts';
import { faultPartMissing } from './require-fault-parts.ts';

const calmProbes = 5;

export interface FaultPlaces {
  /** Of what the target speaks. */
  readonly facts: ProtocolFacts;
  /** Of what is spoken on a link, where that is something else; left out: nowhere. */
  readonly factsOn?: (link: LinkName) => ProtocolFacts;
  readonly windows: readonly FaultWindow[];
  readonly links: Readonly<Partial<Record<LinkName, Link>>>;
  /** null when nothing goes through a proxy. */
  readonly toxiproxy: ToxiproxyClient | null;
  /** Those that this run has started. */
  readonly parts: Readonly<Partial<Record<PartName, FaultPart>>>;
  /** How the reference service behaves without a fault. */
  readonly usual: PartFaultContext['usual'];
}

/** One window on one place. */
export interface BoundFault {
  readonly window: FaultWindow;
  /** `client link`, `rabbitmq`. */
  readonly place: string;
  readonly link: LinkName | null;
  readonly expected: string;
  /** Of one that operations begin: not once, but as often as one comes to its moment. */
  readonly isRepeated: boolean;
  readonly label: string;
  readonly settings: Readonly<Record<string, SettingValue>>;
  /** Before the load. */
  ready(): Promise<void>;
  /** At once, or as large as a ramp begins. */
  apply(): Promise<void>;
  /** Of a ramp: to this share of its size. */
  resize(share: number): Promise<void>;
  undo(signal: AbortSignal): Promise<FaultProof | undefined>;
  prove(): Promise<FaultProof | null>;
}

export async function bindFaults(places: FaultPlaces): Promise<BoundFault[]> {
  const faults: BoundFault[] = [];
  const calmUs = new Map<Link, number | null>();
  for (const [index, window] of places.windows.entries()) {
    const id = `wb-${index}-${window.fault}`;
    if ('link' in window) faults.push(...(await bindToLinks(window, id, places, calmUs)));
    else faults.push(bindToPart(window, id, places));
  }
  return faults;
}

async function bindToLinks(
  window: LinkFault,
  id: string,
  { facts: ofTarget, factsOn = () => ofTarget, links, toxiproxy }: FaultPlaces,
  calmUs: Map<Link, number | null>,
): Promise<BoundFault[]> {
  const bound: BoundFault[] = [];
  for (const name of window.link === 'both' ? (['client', 'service'] as const) : [window.link]) {
    const first = links[name];
    if (first === undefined || toxiproxy === null) continue; // validation has refused what this target has no link for
    const facts = factsOn(name);
    const early = [first, ...(first.others ?? [])];
    for (const link of early) {
      if (!calmUs.has(link)) calmUs.set(link, await probeRoundTripUs(facts.probe, link.address, calmProbes, 1_000));
    }
    // One of several servers of the user's own may be away before the fault, where nothing can be shown.
    const answering = early.filter((link) => calmUs.get(link) !== null);
    const proven = answering.length === 0 ? early : answering;
    const unproven = () => [first, ...(first.others ?? [])].filter((link) => !proven.includes(link));
    for (const [n, link] of proven.entries()) {
      const context = { facts, toxiproxy, link, id: `${id}-${name}`, calmRoundTripUs: calmUs.get(link) ?? null };
      const isOfBroker = (name === 'client' || name === 'service') && facts.brokers.length > 0;
      const which = isOfBroker ? 'of broker' : 'to instance';
      const place = n === 0 ? `${name} link` : `${name} link ${which} ${n + 1}`;
      const fault = bind(linkFaultKind(window), window, context, { place, link: name });
      bound.push(n > 0 ? fault : withUnproven(fault, window, context, unproven));
    }
  }
  return bound;
}

/** `links`: those of brokers that are away, or join while the load runs and begin as the first is. They change with it. */
function withUnproven(
  fault: BoundFault,
  window: LinkFault,
  context: LinkFaultContext,
  links: () => readonly Link[],
): BoundFault {
  const onOthers = async (act: (other: BoundFault) => Promise<unknown>) => {
    for (const link of links()) {
      await act(bind(linkFaultKind(window), window, { ...context, link }, fault)).catch(() => undefined);
    }
  };
  return {
    ...fault,
    async apply() {
      await fault.apply();
      await onOthers((other) => other.apply());
    },
    async resize(share) {
      await fault.resize(share);
      await onOthers((other) => other.resize(share));
    },
    async undo(signal) {
      const proof = await fault.undo(signal);
      await onOthers((other) => other.undo(signal));
      return proof;
    },
  };
}

function bindToPart(window: PartFault, id: string, { facts, parts, usual }: FaultPlaces): BoundFault {
  const said = 'part' in window ? window.part : undefined;
  const name = said ?? 'service';
  const part = said === undefined ? allServices(parts) : parts[name];
  if (part === undefined) throw faultPartMissing(window, name);
  return bind(partFaultKind(window), window, { facts, id, part, usual }, { place: part.name, link: null });
}

/** How our services behave is changed of all of their processes: those that can be told. */
function allServices(parts: FaultPlaces['parts']): FaultPart | undefined {
  const services = Object.values(parts).filter((part) => part?.adjust !== undefined);
  const [first] = services;
  const told = services.flatMap((part) => part?.adjust ?? []);
  if (first === undefined || told.length < 2) return first;
  const adjust: FaultPart['adjust'] = async (settings) => {
    const operations = await Promise.all(told.map((tell) => tell(settings)));
    return operations.reduce((sum, count) => sum + count, 0);
  };
  const consuming = services.flatMap((part) => part?.consume ?? []);
  const consume = async (isOn: boolean): Promise<void> => {
    await Promise.all(consuming.map((tell) => tell(isOn)));
  };
  return { ...first, adjust, ...(consuming.length > 0 && { consume }) };
}

function bind<Window extends FaultWindow, Context extends { readonly facts: ProtocolFacts }>(
  kind: FaultKind<Window, Context>,
  window: Window,
  context: Context,
  where: Pick<BoundFault, 'place' | 'link'>,
): BoundFault {
  return {
    window,
    ...where,
    expected: kind.expected(window, context.facts),
    isRepeated: 'when' in window && window.when?.again === true,
    label: kind.label(window),
    settings: { ...kind.settings(window), ...(isRamped(window) && { rampMs: window.rampMs }) },
    ready: async () => kind.ready?.(window, context),
    apply: () => kind.apply(sized(window, 1 / rampSteps), context),
    resize: async (share) => kind.resize?.(sized(window, share), context),
    undo: (signal) => kind.undo(window, context, signal),
    prove: () => kind.prove(window, context),
  };
}

/** Without a ramp: as it is. */
function sized<Window extends FaultWindow>(window: Window, share: number): Window {
  return isRamped(window) ? sizedAt(window, share) : window;
}
