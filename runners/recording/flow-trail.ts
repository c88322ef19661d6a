/** How far the flows of one load worker have come: a few bytes each, by their sequence. */
import { flowSteps } from '../../result/flow-steps.ts';
import type { StepOutcome } from '../../targets/flow/flow-evidence.ts';
import { LoggedOperations } from './logged-operations.ts';
import type { OperationLogData } from './operation-log.ts';

const marks = { placed: 1, refused: 2, gaveUp: 4, ended: 8, leftToPerson: 16 } as const;
/** What a byte holds: money is counted by how often, not by whether. */
const mostTimes = 255;

export class FlowTrail {
  readonly log: LoggedOperations;
  readonly #marks: Uint8Array;
  /** By step: how often. */
  readonly #done: readonly Uint8Array[];
  readonly #undone: readonly Uint8Array[];
  /** By step: µs since the one before it was done. */
  readonly #tookUs: readonly Float32Array[];
  /** Of its placing and its effects the latest, monotonic µs. */
  readonly #latestUs: Float64Array;

  constructor(log: OperationLogData) {
    this.log = new LoggedOperations(log);
    const { length } = log;
    this.#marks = new Uint8Array(length);
    this.#done = flowSteps.map(() => new Uint8Array(length));
    this.#undone = flowSteps.map(() => new Uint8Array(length));
    this.#tookUs = flowSteps.map(() => new Float32Array(length).fill(Number.NaN));
    this.#latestUs = new Float64Array(length);
  }

  place(sequence: number, atUs: number): void {
    this.#mark(sequence, marks.placed);
    // What was published before it was kept may have had effects meanwhile.
    if (this.#latestUs[sequence] === 0) this.#latestUs[sequence] = atUs;
  }

  take(sequence: number, step: number, outcome: StepOutcome, atUs: number): void {
    if (outcome === 'refused') {
      this.#mark(sequence, marks.refused);
    } else {
      const times = (outcome === 'done' ? this.#done : this.#undone)[step];
      if (times === undefined) return;
      const before = times[sequence] as number;
      times[sequence] = Math.min(mostTimes, before + 1);
      const took = this.#tookUs[step];
      const latestUs = this.#latestUs[sequence] as number;
      if (outcome === 'done' && before === 0 && took !== undefined && latestUs > 0) took[sequence] = atUs - latestUs;
    }
    this.#latestUs[sequence] = atUs;
  }

  giveUp(sequence: number, atUs: number): void {
    this.#mark(sequence, marks.gaveUp);
    this.#latestUs[sequence] = atUs;
  }

  end(sequence: number): void {
    this.#mark(sequence, marks.ended);
  }

  leave(sequence: number): void {
    this.#mark(sequence, marks.leftToPerson);
  }

  done(sequence: number, step: number): number {
    return this.#done[step]?.[sequence] ?? 0;
  }

  undone(sequence: number, step: number): number {
    return this.#undone[step]?.[sequence] ?? 0;
  }

  isPlaced(sequence: number): boolean {
    return this.#has(sequence, marks.placed);
  }

  /** Those who have the flow say that nothing more is to be done. */
  hasEnded(sequence: number): boolean {
    return this.#has(sequence, marks.ended);
  }

  needsPerson(sequence: number): boolean {
    return this.#has(sequence, marks.leftToPerson);
  }

  /** It goes backward: refused, or given up. */
  isTurned(sequence: number): boolean {
    return this.#has(sequence, marks.refused) || this.#has(sequence, marks.gaveUp);
  }

  /** Who leads turned it since it did not know whether a step was done. */
  hasGivenUp(sequence: number): boolean {
    return this.#has(sequence, marks.gaveUp);
  }

  /** A reversal of nothing is one as well: it has moved money. */
  hasEffects(sequence: number): boolean {
    return flowSteps.some((_, step) => this.done(sequence, step) > 0 || this.undone(sequence, step) > 0);
  }

  /** The last step that is done, undone or not; −1: none. */
  last(sequence: number): number {
    return flowSteps.findLastIndex((_, step) => this.done(sequence, step) > 0);
  }

  /** The step that would have to do, or undo, something for it to go on. */
  next(sequence: number): number {
    if (!this.isTurned(sequence)) return this.last(sequence) + 1;
    return flowSteps.findLastIndex((_, step) => this.done(sequence, step) > this.undone(sequence, step));
  }

  /** Of what is on record the latest, monotonic µs. */
  latestUs(sequence: number): number {
    return this.#latestUs[sequence] as number;
  }

  /** NaN: not known. */
  tookUs(sequence: number, step: number): number {
    return this.#tookUs[step]?.[sequence] ?? Number.NaN;
  }

  #mark(sequence: number, mark: number): void {
    this.#marks[sequence] = (this.#marks[sequence] as number) | mark;
  }

  #has(sequence: number, mark: number): boolean {
    return ((this.#marks[sequence] as number) & mark) !== 0;
  }
}
