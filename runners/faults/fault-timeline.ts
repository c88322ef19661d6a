/** Carries out a condition's fault windows on the load's own clock, proves each, and always undoes what it did. */

import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import type { FaultResult } from '../../result/result-types.ts';
import { circumstanceOf, kills } from '../../scenarios/faults/registry.ts';
import { type BoundFault, bindFaults, type FaultPlaces } from './bind-faults.ts';
import type { FaultProof } from './fault-kind.ts';
import { isRamped, rampSteps } from './ramp.ts';

/** A probe that is on its way when the window ends may still tell, so long. */
const proofGraceMs = 1_000;

interface Planned {
  readonly fault: BoundFault;
  appliedAtMs: number | null;
  removedAtMs: number | null;
  proof: FaultProof | null;
  /** What its undoing saw. */
  seen: FaultProof | undefined;
  problem: string | null;
  /** Applied, or perhaps half applied: undo it. */
  armed: boolean;
}

export class FaultTimeline {
  readonly #planned: readonly Planned[];
  readonly #inForce = new Set<string>();

  private constructor(planned: readonly Planned[]) {
    this.#planned = planned;
  }

  /**
   * Probes each link while it is calm; call it before the load. Rejects with a BenchError (exit 3) when a window acts on a
   * part that this run has not started.
   */
  static async prepare(places: FaultPlaces): Promise<FaultTimeline> {
    const faults = await bindFaults(places);
    for (const fault of faults) await fault.ready();
    return new FaultTimeline(
      faults.map((fault) => ({
        fault,
        appliedAtMs: null,
        removedAtMs: null,
        proof: null,
        seen: undefined,
        problem: null,
        armed: false,
      })),
    );
  }

  /** Names of the faults in force, for display. */
  get inForce(): readonly string[] {
    return [...this.#inForce];
  }

  /** Plays all windows; `zeroUs` is the monotonic time of the end of warm-up. Never rejects. */
  async play(zeroUs: number, signal: AbortSignal): Promise<void> {
    await Promise.all(
      this.#planned.map((planned) => {
        const { untilMs } = planned.fault.window;
        return untilMs === undefined
          ? this.#playOne(planned, zeroUs, signal)
          : this.#playWhenHit(planned, zeroUs, zeroUs + untilMs * 1e3, signal);
      }),
    );
  }

  /** A fault that an operation begins, once or again and again; its result spans from the first begin to the last end. */
  async #playWhenHit(planned: Planned, zeroUs: number, untilUs: number, signal: AbortSignal): Promise<void> {
    const { fault } = planned;
    const { window } = fault;
    const atMs = () => (monotonicNowUs() - zeroUs) / 1e3;
    try {
      await sleepUntil(zeroUs + window.atMs * 1e3, signal);
      for (let times = 1; times === 1 || (fault.isRepeated && monotonicNowUs() < untilUs); times++) {
        planned.armed = true;
        if (!(await isDoneBy(fault.apply(), untilUs, signal))) break;
        planned.appliedAtMs ??= atMs();
        this.#inForce.add(fault.label);
        const proof = await fault.prove();
        await sleep(window.forMs, undefined, { signal });
        if (!(await this.#undo(planned, signal))) return;
        planned.removedAtMs = atMs();
        this.#inForce.delete(fault.label);
        if (proof !== null) planned.proof = { ...proof, ...planned.seen, ...(fault.isRepeated && { times }) };
      }
      if (planned.appliedAtMs === null) planned.problem ??= 'no operation came to its moment within the load';
      else if (planned.proof === null) planned.problem ??= 'it could not be shown to act';
    } catch (error) {
      if (!signal.aborted) planned.problem ??= messageOf(error);
    }
    await this.#undo(planned, signal);
    this.#inForce.delete(fault.label);
  }

  async #playOne(planned: Planned, zeroUs: number, signal: AbortSignal): Promise<void> {
    const { fault } = planned;
    const { window } = fault;
    const atMs = () => (monotonicNowUs() - zeroUs) / 1e3;
    let proving: Promise<FaultProof | null> | null = null;
    try {
      await sleepUntil(zeroUs + window.atMs * 1e3, signal);
      planned.armed = true;
      await fault.apply();
      planned.appliedAtMs = atMs();
      this.#inForce.add(fault.label);
      await this.#grow(planned, zeroUs, signal);
      proving = fault.prove();
      proving.catch(() => undefined); // told by #takeProof
      await sleepUntil(zeroUs + (window.atMs + window.forMs) * 1e3, signal);
      // A fault must not outlive its window because its proof does: but for one that is about to be there.
      await Promise.race([proving, sleep(proofGraceMs, null, { signal })]);
    } catch (error) {
      if (!signal.aborted) planned.problem = messageOf(error);
    }
    if (await this.#undo(planned, signal)) planned.removedAtMs = atMs();
    this.#inForce.delete(fault.label);
    if (proving !== null) await this.#takeProof(planned, proving, signal);
  }

  /** What is not there by now is not waited for. */
  async #takeProof(planned: Planned, proving: Promise<FaultProof | null>, signal: AbortSignal): Promise<void> {
    try {
      const proof = await Promise.race([proving, Promise.resolve('late' as const)]);
      if (proof !== null && proof !== 'late') planned.proof = { ...proof, ...planned.seen };
      else if (!signal.aborted) {
        planned.problem ??= `it could not be shown to act${proof === 'late' ? ' within its window' : ''}`;
      }
    } catch (error) {
      if (!signal.aborted) planned.problem ??= messageOf(error);
    }
  }

  async #grow({ fault }: Planned, zeroUs: number, signal: AbortSignal): Promise<void> {
    const { window } = fault;
    if (!isRamped(window)) return;
    for (let step = 2; step <= rampSteps; step++) {
      await sleepUntil(zeroUs + (window.atMs + (window.rampMs * (step - 1)) / rampSteps) * 1e3, signal);
      await fault.resize(step / rampSteps);
    }
  }

  async #undo(planned: Planned, signal: AbortSignal): Promise<boolean> {
    if (!planned.armed) return false;
    try {
      planned.seen = await planned.fault.undo(signal);
      planned.armed = false;
      return true;
    } catch (error) {
      if (!signal.aborted) planned.problem ??= messageOf(error);
      return false;
    }
  }

  /** Undoes what is still in force, and would outlive the run. */
  async undoAll(): Promise<void> {
    for (const planned of this.#planned) await this.#undo(planned, AbortSignal.abort());
  }

  /** Why the measurement can't be trusted: faults that did not act or could not be undone. */
  problems(): readonly string[] {
    return this.#planned.flatMap(({ fault, problem, appliedAtMs }) => {
      const what = `${fault.window.fault} on the ${fault.place}`;
      if (problem !== null) return [`${what}: ${problem}`];
      return appliedAtMs === null ? [`${what}: it was never applied`] : [];
    });
  }

  /** When all were over, milliseconds after the end of warm-up; infinite when one never was. */
  overAtMs(): number {
    return Math.max(0, ...this.#planned.map(({ removedAtMs }) => removedAtMs ?? Number.POSITIVE_INFINITY));
  }

  results(): readonly FaultResult[] {
    return this.#planned.map(({ fault, appliedAtMs, removedAtMs, proof }) => ({
      fault: fault.window.fault,
      link: fault.link,
      // Of one that an operation begins nobody planned when.
      plannedAtMs:
        fault.window.untilMs === undefined || appliedAtMs === null ? fault.window.atMs : Math.round(appliedAtMs),
      plannedForMs: fault.window.forMs,
      appliedAtMs: appliedAtMs === null ? null : Math.round(appliedAtMs),
      removedAtMs: removedAtMs === null ? null : Math.round(removedAtMs),
      settings: fault.settings,
      expected: fault.expected,
      circumstance: circumstanceOf(fault.window),
      ...(kills(fault.window) && { kills: true }),
      proof,
    }));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether `work` is done by then. Rejects as it does, or with the signal's reason. */
async function isDoneBy(work: Promise<void>, untilUs: number, signal: AbortSignal): Promise<boolean> {
  const over = new AbortController();
  const late = sleepUntil(untilUs, AbortSignal.any([signal, over.signal])).then(() => false);
  late.catch(() => undefined);
  work.catch(() => undefined);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    over.abort();
  }
}

async function sleepUntil(atUs: number, signal: AbortSignal): Promise<void> {
  const waitMs = (atUs - monotonicNowUs()) / 1e3;
  if (waitMs > 0) await sleep(waitMs, undefined, { signal });
  signal.throwIfAborted();
}
