/** How the load workers of a run are shared out among its agents. The load is one: only who plays which part of it differs. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { brokerOf } from '../../scenarios/protocols/registry.ts';
import { resilienceOf, type Scenario, type Target } from '../../scenarios/scenario.ts';
import { connectionShare } from '../../targets/driver-kit/connection-keeper.ts';
import type { LoadPlan } from '../load/worker-messages.ts';
import { partOf } from '../load/worker-share.ts';

export interface AgentShare {
  readonly first: number;
  readonly count: number;
}

export function hasWorker({ first, count }: AgentShare, worker: number): boolean {
  return worker >= first && worker < first + count;
}

/** By agent; together all of them, none twice. */
export function sharesOf(workers: number, agents: number): AgentShare[] {
  let first = 0;
  return Array.from({ length: agents }, (_, agent) => {
    const count = partOf(workers, agents, agent);
    first += count;
    return { first: first - count, count };
  });
}

/** What is shared out among load workers, at least one each. */
type Shared = Pick<LoadPlan, 'target' | 'load' | 'resilience'>;

/** Load workers of all agents together: `load.threads` on each, unless there is less to share out. */
export function workersOf(shared: Shared, agents: number): number {
  return Math.min(shared.load.threads * agents, ...Object.values(limitsOf(shared)));
}

function limitsOf({ target, load, resilience: { limit } }: Shared): Readonly<Record<string, number>> {
  return {
    ...('connections' in target && { connections: target.connections }),
    ...(limit !== undefined && { 'limit.maxConcurrent': limit.maxConcurrent }),
    ...(load.model === 'open' ? { 'load.maxInFlight': load.maxInFlight } : { 'load.users': load.users }),
  };
}

/** Throws a BenchError (exit 2) that names what of a scenario so many agents cannot share. */
export function requireShareable(scenario: Scenario, agents: number): void {
  const problems = Object.values(scenario.targets).flatMap((target) => {
    const few = Object.entries(limitsOf(sharedOf(scenario, target))).filter(([, limit]) => limit < agents);
    return [
      ...(target.engine === 'native' ? [] : [`${target.name}: ${target.engine} runs on this machine alone`]),
      ...few.map(([name, limit]) => `${target.name}: ${name} is ${limit}, at least one for each agent`),
    ];
  });
  if (problems.length === 0) return;
  throw new BenchError(
    'cannotShare',
    `${agents} agents cannot share the load:\n${problems.map((one) => `  ${one}`).join('\n')}`,
    {
      hint: 'Give the target more of it, take fewer agents, or leave the target out with --target.',
      exitCode: exitCodes.usage,
    },
  );
}

/** Throws a BenchError (exit 2) that names targets whose parts of ours listen on loopback alone, where no other host comes. */
export function requireReachable({ targets, transports = {} }: Scenario): void {
  const far = [...Object.values(targets), ...Object.values(transports)].filter(
    (target) =>
      target.address === undefined &&
      target.via === 'direct' &&
      (brokerOf(target) !== null || target.gateway !== undefined),
  );
  if (far.length === 0) return;
  const names = far.map(({ name }) => name).join(' and ');
  throw new BenchError(
    'notReachable',
    `Agents of other hosts cannot reach ${names}: brokers and gateways of ours listen on loopback`,
    {
      hint: 'Leave out `via: direct`: Toxiproxy listens where --listen says.',
      exitCode: exitCodes.usage,
    },
  );
}

export function sharedOf(scenario: Scenario, target: Target): Shared {
  return { target, load: scenario.load, resilience: resilienceOf(scenario, target) };
}

/** What an agent makes of the load of a target. */
export interface AgentPart {
  readonly target: string;
  /** From 1. */
  readonly agent: number;
  readonly workers: number;
  /** null: the protocol's clients decide that themselves. */
  readonly connections: number | null;
  /** Its arrivals at the highest rate; null: a closed load. */
  readonly ratePerSecond: number | null;
  /** null: an open load. */
  readonly users: number | null;
}

export function agentParts(scenario: Scenario, agents: number): AgentPart[] {
  const { load } = scenario;
  return Object.values(scenario.targets).flatMap((target) => {
    const all = workersOf(sharedOf(scenario, target), agents);
    return sharesOf(all, agents).map(({ first, count }, agent): AgentPart => {
      const part = (whole: number) => {
        let sum = 0;
        for (let worker = first; worker < first + count; worker++) sum += connectionShare(whole, worker, all);
        return sum;
      };
      return {
        target: target.name,
        agent: agent + 1,
        workers: count,
        connections: 'connections' in target ? part(target.connections) : null,
        ratePerSecond: load.model === 'open' ? (load.ratePerSecond * count) / all : null,
        users: load.model === 'closed' ? part(load.users) : null,
      };
    });
  });
}
