/** The subscribers of a trial: opened before its load, a part like others while it runs. */
import { join } from 'node:path';
import { isPublished } from '../../result/patterns.ts';
import { subscribersPart } from '../../scenarios/places.ts';
import { subscribersOf } from '../../scenarios/push-settings.ts';
import type { TrialPlan } from '../plan-trials.ts';
import { SubscriberCrew } from '../subscribe/subscriber-crew.ts';
import type { TrialParts } from './opened-parts.ts';
import type { PreparedTrial } from './prepare-trial.ts';
import { missingPart } from './stack-parts.ts';
import type { TrialContext } from './trial-context.ts';

export interface SubscribersInput {
  readonly plan: TrialPlan;
  readonly prepared: PreparedTrial;
  readonly context: TrialContext;
  readonly parts: TrialParts;
  /** Of the canaries' other end; null: there is none. */
  readonly echoPort: number | null;
}

/** null: nothing is published. Rejects as `SubscriberCrew.open`. */
export async function openSubscribers(
  { plan, prepared, context, parts, echoPort }: SubscribersInput,
  signal: AbortSignal,
): Promise<SubscriberCrew | null> {
  const { scenario, workDirectory } = context;
  const subscribers = subscribersOf(scenario);
  if (subscribers === null) return null;
  const { target, names, trialTag, seed } = prepared;
  const way = parts.subscribersWay ?? missingPart();
  const { allowHosts } = scenario;
  const own = { ...way, ...subscribers, target, names, trialTag, echoPort, seed, allowHosts };
  return SubscriberCrew.open(own, join(workDirectory, plan.id), signal);
}

/** Their processes are a part of the trial: faults act on them, and their CPU is told. */
export function withSubscribers(parts: TrialParts, crew: SubscriberCrew): TrialParts {
  const { processes } = crew;
  const [process] = processes;
  if (process === undefined) return parts;
  const part = {
    name: subscribersPart,
    process,
    restart: () => process.restart(),
    read: (isOn: boolean, subscribers: readonly number[]) => crew.tell(isOn ? 'resume' : 'pause', subscribers),
    subscribers: crew.count,
  };
  return {
    ...parts,
    processes: { ...parts.processes, subscribers: processes },
    faultParts: { ...parts.faultParts, [subscribersPart]: part },
  };
}

/** Pairs that are to be there once all is delivered; null: other operations are acknowledged, too. */
export function pairsExpected(
  { operations }: Pick<PreparedTrial, 'operations'>,
  { owed }: Pick<SubscriberCrew, 'owed'>,
  acknowledged: number,
): number | null {
  return operations.every(({ pattern }) => isPublished(pattern)) ? acknowledged * owed : null;
}
