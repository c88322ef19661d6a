/**
 * What an order goes through between the services of a flow, in this order, and what each of them does and undoes. Each step
 * is the name of the service that takes it.
 */

export const flowSteps = ['payment', 'inventory', 'shipping'] as const;
export type FlowStep = (typeof flowSteps)[number];

export interface StepWords {
  readonly does: string;
  readonly done: string;
  /** Compensation. */
  readonly undoes: string;
  readonly undone: string;
}

export const stepWords = {
  payment: { does: 'pay', done: 'paid', undoes: 'refund', undone: 'refunded' },
  inventory: { does: 'reserve', done: 'reserved', undoes: 'release', undone: 'released' },
  shipping: { does: 'ship', done: 'shipped', undoes: 'recall', undone: 'recalled' },
} as const satisfies Record<FlowStep, StepWords>;

/** Before any step: the entry has the order. */
export const placedWord = 'placed';
