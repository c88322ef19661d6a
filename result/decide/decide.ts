/** From what matters and what is stored: which targets meet it, which miss it and by what, and what was never asked. */
import { isSame, type NamedRun } from '../compare/compared-sides.ts';
import type {
  DecidedGroup,
  DecidedTarget,
  DecisionResult,
  Judgement,
  RequirementResult,
} from '../schema/decision-schema.ts';
import { semanticsVersion } from '../semantics-version.ts';
import { type Candidate, candidatesOf, type PlayedTrial, playedIn } from './candidates.ts';
import { decisionNotes } from './decision-notes.ts';
import { isSure } from './judge-estimate.ts';
import { judgeLedger, judgeSurvival } from './judge-outages.ts';
import { judgeLatency, judgeStaleness } from './judge-times.ts';
import { worstAnswer } from './judgement.ts';
import { partsToSurvive, type Requirement, type Requirements } from './requirements.ts';
import { askersOf, type ShippedQuestion } from './shipped-questions.ts';

/** `shipped` is asked only when something is left open. */
export function decide(
  named: readonly NamedRun[],
  requirements: Requirements,
  shipped: () => readonly ShippedQuestion[],
): DecisionResult {
  const runs = named.filter((run, n) => !named.slice(0, n).some((before) => isSame(before.result, run.result)));
  const trials = runs.flatMap(playedIn);
  const played = trials.filter(({ trial }) => trial.verdict.status !== 'invalid');
  const candidates = candidatesOf(played);
  return {
    ...{ kind: 'decision', schemaVersion: 1, semanticsVersion },
    requirements: requirements.all.map(requirementResult),
    ...{ failedShare: requirements.failedShare, riskShare: requirements.riskShare },
    sources: runs.map(({ name, result: { run, status } }) => ({
      ...{ name, runId: run.id, scenario: run.scenario, startedAt: run.startedAt, status },
      trials: played.filter((one) => one.run.name === name).length,
    })),
    groups: groupsOf(candidates, requirements, shipped),
    leftOut: trials.flatMap(leftOut),
    notes: decisionNotes(named, runs, candidates),
  };
}

function leftOut({ run, trial: { id, verdict } }: PlayedTrial): DecisionResult['leftOut'] {
  if (isSure(verdict)) return [];
  return [
    {
      source: run.name,
      trial: id,
      verdict: verdict.status,
      reason: verdict.reasons.map((one) => one.message).join(' '),
    },
  ];
}

function requirementResult(one: Requirement): RequirementResult {
  const { kind, wanted } = one;
  const isTime = one.kind === 'latency' || one.kind === 'stale';
  return {
    ...{ kind, wanted, part: one.kind === 'survive' ? one.part : null, limitUs: isTime ? one.limitUs : null },
    metric:
      one.kind === 'latency'
        ? `${one.latency} ${one.percentile}`
        : one.kind === 'stale'
          ? `applied ${one.percentile}`
          : null,
  };
}

function groupsOf(
  candidates: readonly Candidate[],
  requirements: Requirements,
  shipped: () => readonly ShippedQuestion[],
): DecidedGroup[] {
  const groups = Map.groupBy(candidates, ({ guarantee, completion }) => JSON.stringify([guarantee, completion]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const targets = group.map((candidate) => decidedTarget(candidate, requirements, shipped));
    return [{ guarantee: first.guarantee, completion: first.completion, targets }];
  });
}

function decidedTarget(
  candidate: Candidate,
  requirements: Requirements,
  shipped: () => readonly ShippedQuestion[],
): DecidedTarget {
  const wanted = partsToSurvive(requirements);
  const judgements = requirements.all.map((requirement): Judgement => {
    const found = judge(candidate, requirement, requirements);
    const isOpen = found.answer === 'notAsked' || found.reason === 'tooFewOutages';
    const parts = found.part === null ? wanted : [found.part];
    return isOpen ? { ...found, askedBy: askersOf(candidate, requirement, parts, shipped()) } : found;
  });
  const { target, label, protocol, operations } = candidate;
  return {
    ...{ target, label, protocol, operations: [...operations], judgements },
    answer: worstAnswer(judgements.map(({ answer }) => answer)),
  };
}

function judge(candidate: Candidate, requirement: Requirement, requirements: Requirements): Judgement {
  switch (requirement.kind) {
    case 'latency':
      return judgeLatency(candidate, requirement);
    case 'stale':
      return judgeStaleness(candidate, requirement);
    case 'survive':
      return judgeSurvival(candidate, requirement, requirements);
    default:
      return judgeLedger(candidate, requirement, requirements);
  }
}
