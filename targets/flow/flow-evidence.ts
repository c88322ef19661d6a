/** How the evidence of a flow says what was done: codes of records of the kind `step`. */
import { type FlowStep, flowSteps } from '../../result/flow-steps.ts';

/** `done`, `undone`: the effect, and its reversal; `refused`: neither now nor later. */
export const stepOutcomes = { done: 0, refused: 64, undone: 128 } as const;
export type StepOutcome = keyof typeof stepOutcomes;

/**
 * What the parts make of a flow, apart from effects. `gaveUp`: who leads undoes it, since a step could not be done in time;
 * `ended`, `undone`: nothing more is to be done; `leftToPerson`: it could not be undone in time.
 * `heard`: a call, or an event, came to a participant.
 */
export const flowNotes = { gaveUp: 240, ended: 241, undone: 242, leftToPerson: 243, heard: 244 } as const;
export type FlowNote = keyof typeof flowNotes;

export function stepCode(step: FlowStep, outcome: StepOutcome): number {
  return stepOutcomes[outcome] + flowSteps.indexOf(step) + 1;
}

/** By the step's place, from 0; null: no step. */
export function readStepCode(code: number): { readonly step: number; readonly outcome: StepOutcome } | null {
  const step = (code & 63) - 1;
  if (step < 0 || step >= flowSteps.length || code >= flowNotes.gaveUp) return null;
  return { step, outcome: code >= stepOutcomes.undone ? 'undone' : code >= stepOutcomes.refused ? 'refused' : 'done' };
}
