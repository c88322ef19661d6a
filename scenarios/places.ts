/** Where faults act: the parts and links that each target has, and who sits a condition out for want of one. */
import { hasBroker, type SatOutResult } from '../result/result-types.ts';
import { type FailpointName, type FailpointWords, failpointFacts, failpointOf, failpointText } from './failpoints.ts';
import { type Gateway, gatewayPart, keyIssuer } from './gateway.ts';
import type { ProtocolFacts } from './protocols/protocol-facts.ts';
import { brokerOf, factsOf, type Spoken, usualBroker } from './protocols/registry.ts';
import { spokenAt } from './settled-settings.ts';
import { hasLog } from './state-settings.ts';
import { fallbackPart, instanceNames, linkBetween, type ServedTarget, servicesOf } from './target-services.ts';

/** As in the file, or resolved. */
export interface PlacedTarget extends Spoken {
  readonly address?: string | undefined;
  readonly via: 'toxiproxy' | 'direct';
  readonly instances?: number | undefined;
  readonly gateway?: Pick<Gateway, 'keys'> | undefined;
  readonly flow?: ServedTarget['flow'];
  readonly chain?: ServedTarget['chain'];
  readonly state?: 'log' | undefined;
  readonly events?: object | undefined;
  readonly resilience?: { readonly fallback?: boolean | { readonly kind: string } | undefined } | undefined;
}

/** What of a window says where it acts. Without `link` and `part` it acts on all services. */
export interface PlacedWindow {
  readonly fault: string;
  readonly link?: string | undefined;
  readonly part?: string | undefined;
  readonly broker?: string | undefined;
  /** As in the file, or resolved. */
  readonly when?: (FailpointWords & { readonly point?: FailpointName }) | undefined;
}

export const everyLink = 'both';
/** From the service, or its broker, to those that have what is published. */
export const subscribersLink = 'subscribers';
/** Their processes. */
export const subscribersPart = 'subscribers';

/** One stands before its services, or between them. */
function usesBroker({ protocol, flow }: PlacedTarget): boolean {
  return hasBroker(flow?.over ?? protocol);
}

/** Our services talk to their broker over a link of their own; others answer on the client's. */
export function hasServiceLink(target: PlacedTarget): boolean {
  return target.address === undefined && usesBroker(target);
}

/** If the scenario does. */
function publishes(target: PlacedTarget): boolean {
  const isAlone = [target.flow, target.chain, target.gateway].every((one) => one === undefined);
  return isAlone && factsOf(target).subscribes !== null;
}

/** Whatever they go through. */
export function linkNames(target: PlacedTarget): string[] {
  if (target.address !== undefined) return ['client', ...(hasOwnSubscribersLink(target) ? [subscribersLink] : [])];
  const edges = servicesOf(target).flatMap(({ name, calls }) => calls.map((called) => linkBetween(name, called)));
  return [
    'client',
    ...(usesBroker(target) ? ['service'] : []),
    ...(publishes(target) ? [subscribersLink] : []),
    ...gatewayLink(target),
    ...secondTransport(target),
    ...edges,
  ];
}

/** Of what is spoken on a link: between the parts of a flow, and with the broker between them, by what they reach each other. */
export function factsOnLink(target: PlacedTarget, link: string): ProtocolFacts {
  const { flow, events } = target;
  if (link === subscribersLink && events !== undefined) return factsOf(spokenAt[placeOf(events)]);
  return factsOf(flow === undefined || link === 'client' ? target : { protocol: flow.over });
}

/** Brokers of a topic may be several, and are dialled past the proxy. */
function hasOwnSubscribersLink({ events }: PlacedTarget): boolean {
  return events !== undefined && placeOf(events) !== 'topic';
}

function placeOf(events: object): keyof typeof spokenAt {
  const name = 'by' in events ? events.by : Object.keys(events).find((key) => key in spokenAt);
  return name as keyof typeof spokenAt;
}

/** Those that a run starts for it. */
export function partNames(target: PlacedTarget): string[] {
  const proxy = target.via === 'direct' ? [] : ['toxiproxy'];
  if (target.address !== undefined) return proxy;
  const before = target.gateway === undefined ? [] : [gatewayPart];
  const broker = usesBroker(target) ? ['broker'] : [];
  const services = servicesOf(target).flatMap(instanceNames);
  return [...services, ...secondTransport(target), ...before, ...broker, ...proxy];
}

/** Both a part and a link. */
function secondTransport({ resilience }: PlacedTarget): string[] {
  const fallback = resilience?.fallback;
  return typeof fallback === 'object' && fallback.kind === 'transport' ? [fallbackPart] : [];
}

function gatewayLink(target: PlacedTarget): string[] {
  const [entry] = servicesOf(target);
  if (target.gateway === undefined || entry === undefined) return [];
  const issuer = target.gateway.keys === 'url' ? [linkBetween(gatewayPart, keyIssuer)] : [];
  return [linkBetween(gatewayPart, entry.name), ...issuer];
}

/** How many of each are started as one; left out: one. */
type Brokers = Readonly<Record<string, number>>;

/** What a target has not, of what a window acts on, e.g. `no broker`; null: it has it. */
export function lackOf(target: PlacedTarget, window: PlacedWindow, brokers: Brokers = {}): string | null {
  if (window.link !== undefined) {
    if (target.via === 'direct') return 'no proxy (via: direct)';
    return window.link === everyLink || linkNames(target).includes(window.link) ? null : `no ${window.link} link`;
  }
  if (window.fault === 'slow-subscriber') return publishes(target) ? null : 'no subscribers';
  const part = window.part ?? servicesOf(target)[0]?.name ?? '';
  if (part === 'toxiproxy') return target.via === 'direct' ? 'no proxy (via: direct)' : null;
  if (target.address !== undefined) return `no ${part} of this run’s own`;
  if (!partNames(target).includes(part)) return `no ${part}`;
  const moment = window.when === undefined ? null : (window.when.point ?? failpointOf(window.when));
  if (moment === 'ack' && !usesBroker(target)) return 'no broker to acknowledge to';
  if (moment !== null && lacksMoment(target, moment)) return `no moment ${failpointText(moment)}`;
  if (window.fault === 'pause-consumers' && lacksConsumers(target)) return 'no consumers of ours';
  if ((window.fault === 'leave' || window.fault === 'join') && !isGroup(target)) return 'no group of several members';
  if (window.fault === 'rebuild' && !hasLog(target)) return 'no log to rebuild its state from';
  const name = brokerOf(target) ?? usualBroker(target.protocol);
  const isOne = name === null || (brokers[name] ?? 1) === 1;
  return window.broker === 'leader' && isOne ? 'no leader among its brokers' : null;
}

/** Between the parts of a flow there are others, which hand on as they take. */
function lacksConsumers({ protocol, flow }: PlacedTarget): boolean {
  return flow !== undefined || !hasBroker(protocol);
}

function isGroup(target: PlacedTarget): boolean {
  const facts: ProtocolFacts = factsOf(target);
  return facts.hasGroups === true && target.flow === undefined && (target.instances ?? 1) > 1;
}

/** Of a flow who leads has some moments, and how events are published decides of others. */
function lacksMoment({ flow }: PlacedTarget, moment: FailpointName): boolean {
  const { isOfFlow } = failpointFacts(moment);
  if (isOfFlow === undefined) return false;
  if (isOfFlow === 'led') return flow?.style !== 'orchestrated';
  if (flow?.style !== 'choreographed') return true;
  return flow.publish === (moment === 'committed' ? 'publish-first' : 'dual-write');
}

export interface PlacedScenario {
  readonly targets: Readonly<Record<string, PlacedTarget>>;
  readonly conditions: Readonly<Record<string, readonly PlacedWindow[]>>;
  readonly brokers?: Brokers;
}

/** Condition by condition. Half of a condition would be another one: who lacks a place of it sits all of it out. */
export function satOut({ targets, conditions, brokers }: PlacedScenario): SatOutResult[] {
  return Object.entries(conditions).flatMap(([condition, windows]) =>
    Object.entries(targets).flatMap(([name, target]) => {
      const lacks = windows.map((window) => lackOf(target, window, brokers)).find((lack) => lack !== null);
      return lacks === undefined ? [] : [{ target: name, condition, lacks }];
    }),
  );
}
