/** What a flow that its entry acknowledged is in the end: exactly one of these. */
export const flowStates = ['completed', 'compensated', 'refused', 'stuck', 'open', 'inconsistent'] as const;
export type FlowState = (typeof flowStates)[number];

/** Why a flow is inconsistent: effects that do not go together, or an end that leaves money nowhere. */
export const inconsistencies = [
  'effectTwice',
  'undoneTwice',
  'undoneUndone',
  'shippedUnpaid',
  'shippedAndRefunded',
  'endedPaid',
] as const;
export type Inconsistency = (typeof inconsistencies)[number];
