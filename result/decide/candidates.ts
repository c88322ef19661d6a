/** What is judged: each target with its settings, apart by what its acknowledgement is worth and where its operations end. */
import { type NamedRun, ofItself } from '../compare/compared-sides.ts';
import { type GuaranteeClass, guaranteeIn, guaranteeSetting, replyGuaranteeSetting } from '../guarantee.ts';
import { ownValue } from '../own-value.ts';
import type { Completion, Protocol, TrialResult } from '../result-types.ts';
import { settingsText } from '../settings-text.ts';
import { awayIn } from './outage-parts.ts';

/** Engines of other programs keep no account, and are cross-checks. */
const nativeEngine = 'native';

export interface PlayedTrial {
  readonly run: NamedRun;
  readonly trial: TrialResult;
  /** By outage, in the order of time: what was away. */
  readonly away: readonly string[];
  /** Alike where the runs played the same on the same machine. */
  readonly load: string;
}

/** Those of the run itself, in its order. */
export function playedIn(run: NamedRun): PlayedTrial[] {
  const load = loadOf(run.result);
  return ofItself(run.result)
    .filter(({ engine }) => engine === nativeEngine)
    .map((trial) => ({ run, trial, away: awayIn(trial), load }));
}

/** Repeats of the same are repeats, whichever run they are of. */
function loadOf({ plan, environment: { cpu, cores } }: NamedRun['result']): string {
  return JSON.stringify([{ ...plan, repeats: null, thresholds: null, sweep: null }, cpu, cores]);
}

export interface Candidate {
  readonly target: string;
  readonly label: string;
  readonly protocol: Protocol;
  readonly guarantee: GuaranteeClass | null;
  readonly completion: Completion;
  /** Those that end there. */
  readonly operations: readonly string[];
  /** None of them invalid. */
  readonly played: readonly PlayedTrial[];
}

/** In the order of the results. The same name with other settings is another target, called by its run, too. */
export function candidatesOf(played: readonly PlayedTrial[]): Candidate[] {
  const groups = new Map<string, { operations: Set<string>; played: PlayedTrial[]; completion: Completion }>();
  for (const one of played) {
    for (const [operation, completion] of completionsOf(one.trial)) {
      const key = JSON.stringify([...identityOf(one), completion]);
      const group = groups.get(key) ?? { operations: new Set(), played: [], completion };
      group.operations.add(operation);
      if (!group.played.includes(one)) group.played.push(one);
      groups.set(key, group);
    }
  }
  const all = [...groups.values()].map(candidateOf);
  return all.map((one) => (all.filter((other) => isNamedAlike(one, other)).length > 1 ? withRuns(one) : one));
}

/** What makes it the target that it is, in whichever run. */
function identityOf({ run, trial: { target, protocol, variant, semantics } }: PlayedTrial): unknown[] {
  const worth = [semantics[guaranteeSetting] ?? null, semantics[replyGuaranteeSetting] ?? null];
  return [target, protocol, variant, settingsOf(run, target), worth];
}

/** As the scenario of the run has resolved them; `{}`: not known. */
export function settingsOf({ result: { plan } }: NamedRun, target: string): Readonly<Record<string, unknown>> {
  return ownValue(plan.targets, target) ?? {};
}

function completionsOf({ phases }: TrialResult): Map<string, Completion> {
  const all = Object.values(phases).flatMap((phase) => Object.entries(phase?.operations ?? {}));
  return new Map(all.map(([name, { completion }]) => [name, completion]));
}

function candidateOf(group: { operations: Set<string>; played: PlayedTrial[]; completion: Completion }): Candidate {
  const [first] = group.played;
  if (first === undefined) throw new TypeError('a candidate has a trial');
  const { target, protocol, variant, semantics } = first.trial;
  const settings = settingsText(variant);
  return {
    ...{ target, protocol, completion: group.completion, played: group.played },
    label: settings === '' ? target : `${target} (${settings})`,
    guarantee: guaranteeIn(semantics, group.completion),
    operations: [...group.operations],
  };
}

function isNamedAlike(one: Candidate, other: Candidate): boolean {
  return one.label === other.label && one.completion === other.completion && one.guarantee === other.guarantee;
}

function withRuns(one: Candidate): Candidate {
  return { ...one, label: `${one.label} of ${[...new Set(one.played.map(({ run }) => run.name))].join(', ')}` };
}
