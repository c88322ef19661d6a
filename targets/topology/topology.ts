/** The services of a trial: named parts, how many processes each has, which of them call which, and what each is told. */
import { brokerOf } from '../../scenarios/protocols/registry.ts';
import { subscribersOf, usualPush } from '../../scenarios/push-settings.ts';
import { type PushSettings, resilienceOf, type Scenario, type Target } from '../../scenarios/scenario.ts';
import { servicesOf, type TargetService } from '../../scenarios/target-services.ts';
import type { Population, ServiceOptions } from '../domain/service-options.ts';
import type { ProtocolEntry } from '../driver.ts';
import { goServicePath } from '../go-service/go-service.ts';
import type { ServiceSecurity } from '../security/service-security.ts';
import type { BrokerName } from '../stack/stack.ts';

/** What a service is told, but for what is known only once it starts. */
export type PartOptions = Omit<
  ServiceOptions,
  'port' | 'broker' | 'brokerLink' | 'evidencePath' | 'part' | 'instance' | 'calls'
>;

export interface PartSpec extends TargetService {
  /** Absolute path of its entry module, or of a program. */
  readonly module: string;
  /** The one that it talks to. */
  readonly broker: BrokerName | null;
  readonly options: PartOptions;
}

/** `entry`: the part that the load is meant for; without a broker before it, connections are spread over its instances. */
export interface Topology {
  readonly parts: readonly PartSpec[];
  readonly entry: string;
}

export interface TopologyInput {
  readonly scenario: Scenario;
  /** With the settings of the preset filled in. */
  readonly target: Target;
  readonly entry: Pick<ProtocolEntry, 'servicePath'>;
  readonly broker: BrokerName | null;
  readonly names: Readonly<Record<string, string>>;
  readonly topicNames?: readonly Readonly<Record<string, string>>[] | undefined;
  readonly population: Population;
  /** Of this trial. */
  readonly seed: number;
  /** Left out: in clear, and everybody is served. */
  readonly security?: ServiceSecurity | undefined;
}

export function topologyOf(input: TopologyInput): Topology {
  const { scenario, target, entry, broker, names, topicNames, population, seed, security } = input;
  const options: PartOptions = {
    ...{ protocol: target.protocol, target, names, topicNames, population },
    ...scenario.workload.service,
    idempotent: resilienceOf(scenario, target).idempotencyKey,
    history: scenario.workload.history,
    allowHosts: scenario.allowHosts,
    seed,
    security,
    push: pushOf(scenario, target),
  };
  const parts = servicesOf(target).map((service) => ({ ...service, module: moduleOf(entry, target), broker, options }));
  return { parts, entry: parts[0]?.name ?? '' };
}

/** Absolute path of what is started as the service of a target. */
export function moduleOf({ servicePath }: Pick<ProtocolEntry, 'servicePath'>, { service }: Target): string {
  return service?.runtime === 'go' ? goServicePath() : servicePath;
}

/** A broker pushes by itself. */
function pushOf(scenario: Scenario, target: Target): PushSettings | undefined {
  if (subscribersOf(scenario) === null || brokerOf(target) !== null) return undefined;
  return target.push ?? usualPush;
}

/** What is called comes before what calls it. Throws on names that are unknown or there twice, and on circles. */
export function inStartOrder(parts: readonly PartSpec[]): PartSpec[] {
  const byName = new Map(parts.map((part) => [part.name, part]));
  if (byName.size < parts.length) throw new Error('two parts of a trial have the same name');
  const order = new Set<PartSpec>();
  const visit = (name: string, callers: readonly string[]): void => {
    const part = byName.get(name);
    if (part === undefined) throw new Error(`${callers.at(-1)} calls ${name}, which is no part of the trial`);
    if (callers.includes(name)) throw new Error(`parts call each other in a circle: ${[...callers, name].join(', ')}`);
    for (const called of part.calls) visit(called, [...callers, name]);
    order.add(part);
  };
  for (const { name } of parts) visit(name, []);
  return [...order];
}
