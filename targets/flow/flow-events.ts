/** What the parts of a flow that nobody leads tell each other, and what carries it. */
import { type FlowStep, flowSteps, placedWord, stepWords } from '../../result/flow-steps.ts';
import type { StepOutcome } from './flow-evidence.ts';

export interface FlowEvent {
  /** `placed`, `paid`, `inventory-refused`, `refunded`, … */
  readonly event: string;
  readonly id: string;
  readonly key: string;
  readonly payload: string;
}

export interface EventBus {
  /** Resolves once the broker has it. While it is away the event is kept, in memory. */
  publish(event: FlowEvent): Promise<void>;
  /** Events that wait for this part at the broker; null: not known. */
  queued(): Promise<number | null>;
  close(): Promise<void>;
}

export interface EventBusOptions {
  /** `host:port`. */
  readonly broker: string;
  /** What the exchange is called, or the topics begin with. */
  readonly events: string;
  readonly role: 'orders' | FlowStep;
  /** Once this resolves the broker is told that the event is done with. Never called of a part that hears of nothing. */
  readonly hear: (event: FlowEvent) => Promise<void>;
}

const refusedEvent = (step: FlowStep) => `${step}-refused`;

export function eventOf(step: FlowStep, outcome: StepOutcome): string {
  if (outcome === 'refused') return refusedEvent(step);
  return outcome === 'done' ? stepWords[step].done : stepWords[step].undone;
}

/** What each event asks of a step: to be done, or to be undone. */
export function subscriptionsOf(step: FlowStep): ReadonlyMap<string, 'do' | 'undo'> {
  const at = flowSteps.indexOf(step);
  const [before, after] = [flowSteps[at - 1], flowSteps[at + 1]];
  const asked: [string, 'do' | 'undo'][] = [[before === undefined ? placedWord : stepWords[before].done, 'do']];
  if (after !== undefined) asked.push([refusedEvent(after), 'undo'], [stepWords[after].undone, 'undo']);
  return new Map(asked);
}

/** That anybody hears of, or may. */
export const allEvents: readonly string[] = [
  placedWord,
  ...flowSteps.flatMap((step) => (['done', 'refused', 'undone'] as const).map((outcome) => eventOf(step, outcome))),
];
