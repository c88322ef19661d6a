/** One step of a flow, as the service does it that takes it: once for each order, and undone when that is asked for. */
import { type FlowStep, stepWords } from '../../result/flow-steps.ts';
import { paymentCents } from '../domain/accounts.ts';
import { type EvidenceWriter, evidenceKinds } from '../domain/evidence.ts';
import type { Failpoint } from '../domain/failpoint.ts';
import { parseOperationId } from '../domain/operation-id.ts';
import { StoreFailure } from '../domain/order-store.ts';
import { isSlow } from '../domain/slow-work.ts';
import type { FlowBehaviour } from './flow-behaviour.ts';
import { type StepOutcome, stepCode } from './flow-evidence.ts';
import type { FlowStore, StepState } from './flow-store.ts';

export interface ParticipantOptions {
  readonly step: FlowStep;
  /** 0–1 of the orders, by their number. */
  readonly refuse: number;
  readonly idempotent: boolean;
  readonly store: FlowStore;
  readonly behaviour: FlowBehaviour;
  readonly evidence: EvidenceWriter;
  readonly failpoint: Failpoint;
}

/** `unavailable`: not now. `isNew`: it had an effect, or was refused, for the first time. */
export interface StepResult {
  readonly outcome: StepOutcome | 'unavailable';
  readonly isNew: boolean;
  readonly why?: string;
}

export interface StepRequest {
  readonly id: string;
  readonly key: string;
}

/** What goes into the transaction of the step, of a result that is new. */
export type BesideStep = (outcome: StepOutcome) => void;

const unavailable: StepResult = { outcome: 'unavailable', isNew: false };
const outcomeOf: Readonly<Record<StepState, StepOutcome>> = {
  done: 'done',
  refused: 'refused',
  undone: 'undone',
  void: 'undone',
};

export class Participant {
  readonly #options: ParticipantOptions;

  constructor(options: ParticipantOptions) {
    this.#options = options;
  }

  /** What doing it will come to, as far as is known now. */
  foresee({ id }: StepRequest, undoes: boolean): StepOutcome {
    if (undoes) return 'undone';
    const state = this.#options.store.step(id);
    if (state === null) return this.#isRefused(id) ? 'refused' : 'done';
    return state === 'done' ? 'done' : 'refused';
  }

  /** Does the step, or undoes it; calls `done` once that is kept. */
  take(request: StepRequest, undoes: boolean, done: (result: StepResult) => void, beside: BesideStep = () => {}): void {
    const { behaviour, step, failpoint } = this.#options;
    if (behaviour.refuses(undoes ? stepWords[step].undoes : stepWords[step].does)) {
      done(unavailable);
      return;
    }
    if (behaviour.isFull) {
      done(unavailable);
      return;
    }
    failpoint.reach('received', request.id);
    behaviour.enter((leave) =>
      behaviour.work(() =>
        this.#keep(request, undoes, beside, (result) => {
          leave();
          done(result);
        }),
      ),
    );
  }

  #keep(request: StepRequest, undoes: boolean, beside: BesideStep, done: (result: StepResult) => void): void {
    const { id } = request;
    const change = (): StepResult => {
      const result = undoes ? this.#undo(request) : this.#do(request);
      if (result.isNew && result.outcome !== 'unavailable') beside(result.outcome);
      return result;
    };
    this.#options.store.keep(id, change, (result) => {
      if (result instanceof StoreFailure) {
        done({ ...unavailable, why: result.why });
        return;
      }
      if (result.isNew) this.#kept(id, result);
      done(result);
    });
  }

  #kept(id: string, { outcome }: StepResult): void {
    const { evidence, failpoint, step } = this.#options;
    if (outcome !== 'unavailable') evidence.append(evidenceKinds.step, id, 0, '', 0, stepCode(step, outcome));
    failpoint.reach('afterCommit', id);
    failpoint.reach('applied', id);
  }

  #do({ id, key }: StepRequest): StepResult {
    const { store, idempotent } = this.#options;
    const state = store.step(id);
    if (state === null && this.#isRefused(id)) {
      store.putStep(id, key, 'refused');
      return { outcome: 'refused', isNew: true };
    }
    if (state === 'done' && idempotent) return { outcome: 'done', isNew: false };
    // What was undone, even before it was ever done, is not done any more.
    if (state !== null && state !== 'done') return { outcome: 'refused', isNew: false };
    store.putStep(id, key, 'done');
    this.#charge(key, paymentCents, id);
    return { outcome: 'done', isNew: true };
  }

  #undo({ id, key }: StepRequest): StepResult {
    const { store, idempotent } = this.#options;
    const state = store.step(id);
    if (state === null) {
      store.putStep(id, key, 'void');
      return { outcome: 'undone', isNew: false };
    }
    const hasEffect = state === 'done' || (state === 'undone' && !idempotent);
    if (!hasEffect) return { outcome: 'undone', isNew: false };
    store.putStep(id, key, 'undone');
    // Who undoes it may know no more than the order; the money goes back to where it came from.
    this.#charge(store.keyOf(id), -paymentCents, id);
    return { outcome: 'undone', isNew: true };
  }

  #charge(account: string, cents: number, id: string): void {
    if (this.#options.step === 'payment') this.#options.store.charge(account, cents, id);
  }

  #isRefused(id: string): boolean {
    const number = parseOperationId(id)?.sequence;
    return number !== undefined && isSlow(number, this.#options.refuse);
  }
}

/** Outcomes that the state of a step has behind it, in their order. */
export function outcomesOf(state: StepState): StepOutcome[] {
  if (state === 'void') return [];
  return state === 'undone' ? ['done', 'undone'] : [outcomeOf[state]];
}
