/**
 * The account of flows: for each one that the entry acknowledged what it is in the end, from the evidence of all parts, in
 * numbers and in money. Pure.
 */
import { type FlowState, flowStates, type Inconsistency } from '../../result/flow-states.ts';
import { flowSteps, placedWord } from '../../result/flow-steps.ts';
import { LatencyCounts } from '../../result/latency-counts.ts';
import { summariseLatency } from '../../result/latency-summary.ts';
import type { FlowStage, FlowsResult } from '../../result/result-types.ts';
import { paymentCents } from '../../targets/domain/accounts.ts';
import { type EvidenceRecord, evidenceKinds } from '../../targets/domain/evidence.ts';
import type { OperationId } from '../../targets/domain/operation-id.ts';
import { flowNotes, readStepCode } from '../../targets/flow/flow-evidence.ts';
import { type FlowCase, FlowCases } from './flow-cases.ts';
import { FlowTrail } from './flow-trail.ts';
import type { OperationLogData } from './operation-log.ts';

/** Whether anything could still move a flow, by its id, the step (by its place) that would be next, and whether that is to undo. */
export type CouldMove = (id: OperationId, next: number, undoes: boolean) => boolean;

export interface FlowLedgerInput {
  readonly logs: readonly OperationLogData[];
  /** Indices of the operations that are flows. */
  readonly flows: readonly number[];
  /** Of all parts, in the order of time. */
  readonly evidence: Iterable<EvidenceRecord>;
  readonly couldMove: CouldMove;
  /** Whose orders the entry holds; null: as its evidence says. */
  readonly held: { has(id: OperationId): boolean } | null;
  /** See FlowMoney. */
  readonly accountsCents: number | null;
}

/** A flow is settled, acknowledged or not: its intended start (monotonic µs) and how long after it that was. */
export type OnSettled = (operation: number, intendedUs: number, afterUs: number, isAcknowledged: boolean) => void;

export interface FlowAccount {
  readonly flows: Omit<FlowsResult, 'examples'>;
  /** By part, as the evidence numbers them: calls that it took, or events that it heard. */
  readonly heard: readonly number[];
  readonly cases: FlowCases;
}

const payment = flowSteps.indexOf('payment');
const shipping = flowSteps.indexOf('shipping');

/** `onUnsettled`: of each that the entry acknowledged and that is not settled, by its intended start (monotonic µs). */
export function reconcileFlows(
  input: FlowLedgerInput,
  onSettled: OnSettled,
  onUnsettled: (intendedUs: number) => void = () => undefined,
): FlowAccount {
  const trails = input.logs.map((log) => new FlowTrail(log));
  const byProducer = new Map(trails.map((trail) => [trail.log.producer, trail]));
  const heard: number[] = [];
  for (const record of input.evidence) {
    const trail = byProducer.get(record.producer);
    if (trail === undefined || record.sequence >= trail.log.length) continue; // the ledger counts it as unknown
    if (record.kind === evidenceKinds.applied) trail.place(record.sequence, record.atUs);
    else if (record.kind === evidenceKinds.step && record.step === flowNotes.heard) {
      heard[record.part] = (heard[record.part] ?? 0) + 1;
    } else if (record.kind === evidenceKinds.step) noteStep(trail, record);
  }
  return { ...new Account(input, onSettled, onUnsettled).of(trails), heard };
}

function noteStep(trail: FlowTrail, { sequence, step: code, atUs }: EvidenceRecord): void {
  const read = readStepCode(code);
  if (read !== null) trail.take(sequence, read.step, read.outcome, atUs);
  else if (code === flowNotes.gaveUp) trail.giveUp(sequence, atUs);
  else if (code === flowNotes.leftToPerson) trail.leave(sequence);
  else if (code === flowNotes.ended || code === flowNotes.undone) trail.end(sequence);
}

/** What is wrong with it for good; null: nothing. */
export function inconsistencyOf(trail: FlowTrail, sequence: number): Inconsistency | null {
  const done = flowSteps.map((_, step) => trail.done(sequence, step));
  const undone = flowSteps.map((_, step) => trail.undone(sequence, step));
  if (done.some((times) => times > 1)) return 'effectTwice';
  if (undone.some((times) => times > 1)) return 'undoneTwice';
  if (undone.some((times, step) => times > (done[step] ?? 0))) return 'undoneUndone';
  const has = (step: number) => (done[step] ?? 0) > (undone[step] ?? 0);
  if ((done[shipping] ?? 0) > 0 && done[payment] === 0) return 'shippedUnpaid';
  if (has(shipping) && (undone[payment] ?? 0) > 0) return 'shippedAndRefunded';
  return trail.hasEnded(sequence) && has(payment) && !has(shipping) ? 'endedPaid' : null;
}

/** null: it has not ended. */
function endOf(trail: FlowTrail, sequence: number): FlowState | null {
  const steps = flowSteps.map((_, step) => [trail.done(sequence, step), trail.undone(sequence, step)] as const);
  if (steps.every(([done, undone]) => done === 1 && undone === 0)) return 'completed';
  if (!trail.isTurned(sequence) || !steps.every(([done, undone]) => done === undone)) return null;
  return steps.every(([done]) => done === 0) ? 'refused' : 'compensated';
}

const noStates = Object.fromEntries(flowStates.map((state) => [state, 0])) as Record<FlowState, number>;

class Account {
  readonly #input: FlowLedgerInput;
  readonly #onSettled: OnSettled;
  readonly #onUnsettled: (intendedUs: number) => void;
  readonly #cases = new FlowCases();
  readonly #counts = { ...noStates, phantom: 0, unacknowledged: 0, acknowledged: 0, needsPerson: 0 };
  readonly #cents = { ...noStates, phantom: 0, unacknowledged: 0 };
  readonly #stuckAfter: Partial<Record<FlowStage['from'], number>> = {};
  readonly #openAfter: Partial<Record<FlowStage['from'], number>> = {};
  readonly #inconsistencies: Partial<Record<Inconsistency, number>> = {};
  readonly #stages = flowSteps.map(() => new LatencyCounts());
  readonly #spentUs = flowSteps.map(() => 0);

  constructor(input: FlowLedgerInput, onSettled: OnSettled, onUnsettled: (intendedUs: number) => void) {
    this.#input = input;
    this.#onSettled = onSettled;
    this.#onUnsettled = onUnsettled;
  }

  of(trails: readonly FlowTrail[]): Omit<FlowAccount, 'heard'> {
    for (const trail of trails) {
      for (let sequence = 0; sequence < trail.log.length; sequence++) {
        if (this.#input.flows.includes(trail.log.operation(sequence))) this.#take(trail, sequence);
      }
    }
    const { stuckAfter, openAfter, inconsistencies } = {
      ...{ stuckAfter: this.#stuckAfter, openAfter: this.#openAfter, inconsistencies: this.#inconsistencies },
    };
    const moneyCents = { ...this.#cents, accountsCents: this.#input.accountsCents };
    const flows = { ...this.#counts, stuckAfter, openAfter, inconsistencies, moneyCents, stages: this.#stagesOf() };
    return { flows, cases: this.#cases };
  }

  #take(trail: FlowTrail, sequence: number): void {
    const { log } = trail;
    const cents = (trail.done(sequence, payment) - trail.undone(sequence, payment)) * paymentCents;
    if (Number.isNaN(log.acknowledgedAfterUs(sequence))) {
      this.#takeUnacknowledged(trail, sequence, cents);
      return;
    }
    const state = this.#stateOf(trail, sequence);
    this.#counts.acknowledged++;
    this.#counts[state]++;
    this.#cents[state] += cents;
    if (state === 'completed' || state === 'compensated' || state === 'refused') {
      this.#settled(trail, sequence, true);
      if (state === 'completed') this.#timeStages(trail, sequence);
    } else this.#onUnsettled(log.intendedUs(sequence));
  }

  /** Nobody was told anything of it: an order all the same, or effects of none. */
  #takeUnacknowledged(trail: FlowTrail, sequence: number, cents: number): void {
    const { producer } = trail.log;
    const isHeld = this.#input.held?.has({ producer, sequence }) ?? trail.isPlaced(sequence);
    if (!isHeld && !trail.hasEffects(sequence)) return;
    const kind = isHeld ? 'unacknowledged' : 'phantom';
    this.#counts[kind]++;
    this.#cents[kind] += cents;
    if (kind === 'phantom') this.#cases.add('phantom', this.#caseOf(trail, sequence));
    // It was offered, and it has ended, though its client does not know of it.
    else if (inconsistencyOf(trail, sequence) === null && this.#endOf(trail, sequence) !== null) {
      this.#settled(trail, sequence, false);
    }
  }

  /**
   * null: it has not ended. What was left to a person has not, whatever its effects come to: who had it does not know them.
   * Nor has what was given up while somebody still undoes it.
   */
  #endOf(trail: FlowTrail, sequence: number): FlowState | null {
    if (trail.needsPerson(sequence)) return null;
    const isUnderWay = trail.hasGivenUp(sequence) && !trail.hasEnded(sequence) && this.#couldMove(trail, sequence);
    return isUnderWay ? null : endOf(trail, sequence);
  }

  #couldMove(trail: FlowTrail, sequence: number): boolean {
    const { producer } = trail.log;
    return this.#input.couldMove({ producer, sequence }, trail.next(sequence), trail.isTurned(sequence));
  }

  #stateOf(trail: FlowTrail, sequence: number): FlowState {
    const why = inconsistencyOf(trail, sequence);
    if (why !== null) {
      this.#inconsistencies[why] = (this.#inconsistencies[why] ?? 0) + 1;
      this.#cases.add('inconsistent', { ...this.#caseOf(trail, sequence), why });
      return 'inconsistent';
    }
    const end = this.#endOf(trail, sequence);
    if (end !== null) return end;
    const last = placeOf(trail.last(sequence));
    const needsPerson = trail.needsPerson(sequence);
    if (!needsPerson && this.#couldMove(trail, sequence)) {
      this.#openAfter[last] = (this.#openAfter[last] ?? 0) + 1;
      this.#cases.add('open', this.#caseOf(trail, sequence));
      return 'open';
    }
    this.#stuckAfter[last] = (this.#stuckAfter[last] ?? 0) + 1;
    if (needsPerson) this.#counts.needsPerson++;
    this.#cases.add('stuck', { ...this.#caseOf(trail, sequence), ...(needsPerson && { needsPerson }) });
    return 'stuck';
  }

  #caseOf(trail: FlowTrail, sequence: number): FlowCase {
    return { log: trail.log, sequence, last: placeOf(trail.last(sequence)) };
  }

  #settled(trail: FlowTrail, sequence: number, isAcknowledged: boolean): void {
    const { log } = trail;
    const intendedUs = log.intendedUs(sequence);
    this.#onSettled(log.operation(sequence), intendedUs, trail.latestUs(sequence) - intendedUs, isAcknowledged);
  }

  #timeStages(trail: FlowTrail, sequence: number): void {
    flowSteps.forEach((_, step) => {
      const us = trail.tookUs(sequence, step);
      if (Number.isNaN(us)) return;
      this.#stages[step]?.record(Math.max(0, us));
      this.#spentUs[step] = (this.#spentUs[step] ?? 0) + Math.max(0, us);
    });
  }

  #stagesOf(): FlowStage[] {
    const total = this.#spentUs.reduce((sum, us) => sum + us, 0);
    return flowSteps.map((to, step) => ({
      ...{ from: placeOf(step - 1), to, us: summariseLatency(this.#stages[step]) },
      share: total === 0 ? null : Math.round(((this.#spentUs[step] ?? 0) / total) * 1e4) / 1e4,
    }));
  }
}

/** By the last step that was done; −1: none. */
function placeOf(step: number): FlowStage['from'] {
  return flowSteps[step] ?? placedWord;
}
