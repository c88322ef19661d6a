/** The fixed words of `decision.json`. */

export const requirementKinds = ['latency', 'survive', 'lose', 'order', 'stale'] as const;
export type RequirementKind = (typeof requirementKinds)[number];

/** What each stands for is told with `judgementSchema`. */
export const decisionAnswers = ['meets', 'misses', 'cannotTell', 'notAsked'] as const;
export type DecisionAnswer = (typeof decisionAnswers)[number];

/** Why a judgement says no more than it does; for programs, reports have a sentence for each. */
export const judgementReasons = [
  'withinInterval',
  'withinInstrumentError',
  'tooFewOperations',
  'noInterval',
  'notReached',
  'notReachedInSome',
  'struckBefore',
  'suspectOnly',
  'tooFewOutages',
  'notKnown',
  'noLedger',
  'nothingAway',
  'notPlayed',
  'lacksPart',
  'answeredAfterEffect',
  'stateOfOneProcess',
  'versionsNotKnown',
  'nothingChanged',
] as const;
export type JudgementReason = (typeof judgementReasons)[number];
