/**
 * Who leads: calls one participant after the other, and undoes in reverse what was done when one refuses or can't be reached.
 * With a log in a file each transition is kept before the call, and a restarted leader goes on where it was.
 */
import { type FlowStep, flowSteps } from '../../result/flow-steps.ts';
import { failpointAfter } from '../../scenarios/failpoints.ts';
import type { FlowLog } from '../../scenarios/flow-settings.ts';
import { type EvidenceWriter, evidenceKinds } from '../domain/evidence.ts';
import type { Failpoint } from '../domain/failpoint.ts';
import { StoreFailure } from '../domain/order-store.ts';
import type { PendingWork } from '../domain/service-domain.ts';
import { type FlowNote, flowNotes } from './flow-evidence.ts';
import type { FlowStore, KeptFlow } from './flow-store.ts';
import type { FlowStyle, PlacedOrder } from './flow-style.ts';
import type { StepCaller } from './step-caller.ts';

/** Before what the store could not keep is tried again. */
const keptAgainAfterMs = 500;

export interface OrchestratorOptions {
  readonly log: FlowLog;
  readonly compensationMs: number;
  readonly store: FlowStore;
  readonly evidence: EvidenceWriter;
  readonly failpoint: Failpoint;
  readonly callers: Readonly<Record<FlowStep, Pick<StepCaller, 'do' | 'undo' | 'close'>>>;
}

interface Led extends Pick<KeptFlow, 'id' | 'key'> {
  readonly over: () => void;
}

export class Orchestrator implements FlowStyle {
  readonly #options: OrchestratorOptions;
  readonly #led = new Set<string>();
  #isClosed = false;

  constructor(options: OrchestratorOptions) {
    this.#options = options;
  }

  beside({ id, key }: PlacedOrder): void {
    if (this.#options.log === 'file') this.#options.store.putFlow({ id, key, direction: 'forward', step: 0 });
  }

  begin({ id, key }: PlacedOrder, over: () => void): void {
    this.#led.add(id);
    this.#options.failpoint.reach('placed', id);
    this.#do({ id, key, over }, 0);
  }

  resume(): void {
    if (this.#options.log === 'memory') return;
    for (const { id, key, direction, step } of this.#options.store.flows()) {
      this.#led.add(id);
      const flow = { id, key, over: () => undefined };
      if (direction === 'forward') this.#do(flow, step);
      else this.#undo(flow, step);
    }
  }

  async pending(): Promise<PendingWork> {
    return { inHand: [...this.#led], queued: 0 };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(Object.values(this.#options.callers).map((caller) => caller.close()));
  }

  #do(flow: Led, step: number): void {
    const name = flowSteps[step];
    if (name === undefined || this.#isClosed) return;
    const { callers, failpoint } = this.#options;
    callers[name].do(flow.id, flow.key, (result) => {
      if (result === 'ok') {
        failpoint.reach(failpointAfter[name], flow.id);
        if (step + 1 === flowSteps.length) this.#end(flow, 'ended');
        else this.#note(flow, 'forward', step + 1, () => this.#do(flow, step + 1));
        return;
      }
      if (result === 'failed') this.#tell(flow, 'gaveUp');
      failpoint.reach('refused', flow.id);
      // What may have been done, for all that is known, is undone as well.
      const last = result === 'failed' ? step : step - 1;
      this.#note(flow, 'back', last, () => this.#undo(flow, last));
    });
  }

  #undo(flow: Led, step: number): void {
    const name = flowSteps[step];
    if (name === undefined) {
      this.#end(flow, 'undone');
      return;
    }
    if (this.#isClosed) return;
    this.#options.callers[name].undo(flow.id, this.#options.compensationMs, (result) => {
      if (result === 'ok') this.#note(flow, 'back', step - 1, () => this.#undo(flow, step - 1));
      else this.#end(flow, 'leftToPerson');
    });
  }

  #end(flow: Led, note: FlowNote): void {
    const { log, store } = this.#options;
    const over = () => {
      this.#tell(flow, note);
      this.#led.delete(flow.id);
      flow.over();
    };
    if (log === 'memory') over();
    else this.#kept(() => store.dropFlow(flow.id), over);
  }

  #note({ id, key }: Led, direction: KeptFlow['direction'], step: number, next: () => void): void {
    const { log, store } = this.#options;
    if (log === 'memory') next();
    else this.#kept(() => store.putFlow({ id, key, direction, step }), next);
  }

  /** Also by a store that can keep nothing for a while. */
  #kept(change: () => void, next: () => void): void {
    this.#options.store.keep(null, change, (result) => {
      if (!(result instanceof StoreFailure)) next();
      else if (!this.#isClosed) setTimeout(() => this.#kept(change, next), keptAgainAfterMs).unref();
    });
  }

  #tell({ id }: Led, note: FlowNote): void {
    this.#options.evidence.append(evidenceKinds.step, id, 0, '', 0, flowNotes[note]);
  }
}
