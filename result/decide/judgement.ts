/** A judgement as it begins, and the worst of several. */
import type { Judgement } from '../schema/decision-schema.ts';
import type { PlayedTrial } from './candidates.ts';
import type { DecisionAnswer, JudgementReason } from './decision-names.ts';
import type { Requirement } from './requirements.ts';

export function judgement(
  { kind, wanted }: Pick<Requirement, 'kind' | 'wanted'>,
  answer: DecisionAnswer,
  reason: JudgementReason | null,
  known: Partial<Judgement> = {},
): Judgement {
  return {
    ...{ kind, wanted, answer, reason, part: null, place: null, valueUs: null, lowUs: null, highUs: null, repeats: 0 },
    ...{ struck: null, outages: null, atMostShare: null, count: null, of: null, what: {}, needed: null, askedBy: [] },
    ...known,
  };
}

export function placeOf(
  { run, trial }: PlayedTrial,
  phase: NonNullable<Judgement['place']>['phase'],
  operation: string | null,
): NonNullable<Judgement['place']> {
  return { source: run.name, scenario: run.result.run.scenario, condition: trial.condition, phase, operation };
}

/** What was seen outranks what nobody can tell, and that what nobody has asked. */
const badness: Readonly<Record<DecisionAnswer, number>> = { misses: 3, cannotTell: 2, notAsked: 1, meets: 0 };

export function worstAnswer(answers: readonly DecisionAnswer[]): DecisionAnswer {
  return answers.reduce((worst, one) => (badness[one] > badness[worst] ? one : worst), 'meets');
}

/** Of those that answer alike the furthest out; at least one. */
export function worstOf(all: readonly [Judgement, ...Judgement[]]): Judgement {
  const worst = worstAnswer(all.map(({ answer }) => answer));
  const [first, ...others] = all.filter(({ answer }) => answer === worst);
  return others.reduce((one, other) => (extent(other) > extent(one) ? other : one), first ?? all[0]);
}

function extent({ reason, highUs, valueUs, repeats }: Judgement): number {
  if (reason === 'notReached' || (repeats > 0 && highUs === null && valueUs !== null)) return Number.POSITIVE_INFINITY;
  return highUs ?? valueUs ?? 0;
}
