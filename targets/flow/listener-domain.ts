/** A participant that nobody calls: it hears of what precedes its step, takes it, and tells what it did. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowStep } from '../../result/flow-steps.ts';
import type { FlowPublish } from '../../scenarios/flow-settings.ts';
import { type EvidenceWriter, evidenceKinds, type RefusalCode } from '../domain/evidence.ts';
import type { Failpoint } from '../domain/failpoint.ts';
import type { StoreFailures } from '../domain/order-store.ts';
import type { OrderReply, OrderRequest } from '../domain/orders.ts';
import type { DomainSettings, FlowDomain, PendingWork } from '../domain/service-domain.ts';
import type { FlowBehaviour } from './flow-behaviour.ts';
import { type EventBus, eventOf, type FlowEvent, subscriptionsOf } from './flow-events.ts';
import { flowNotes, type StepOutcome } from './flow-evidence.ts';
import type { FlowStore } from './flow-store.ts';
import { Outbox } from './outbox.ts';
import type { Participant, StepResult } from './participant.ts';

/** Before what could not be done is tried again. */
const againAfterMs = 200;

export interface ListenerDomainParts {
  readonly step: FlowStep;
  readonly publish: FlowPublish;
  readonly compensationMs: number;
  readonly participant: Participant;
  readonly behaviour: FlowBehaviour;
  readonly store: FlowStore;
  readonly evidence: EvidenceWriter;
  readonly failpoint: Failpoint;
}

export class ListenerDomain implements FlowDomain {
  readonly failpoint: Failpoint;
  readonly #parts: ListenerDomainParts;
  readonly #asked: ReadonlyMap<string, 'do' | 'undo'>;
  /** Ids, with how many events of each. */
  readonly #inHand = new Map<string, number>();
  #bus: EventBus | null = null;
  #outbox: Outbox | null = null;
  #isClosed = false;

  constructor(parts: ListenerDomainParts) {
    this.#parts = parts;
    this.failpoint = parts.failpoint;
    this.#asked = subscriptionsOf(parts.step);
  }

  get operations(): number {
    return this.#parts.behaviour.operations;
  }

  get storeFailures(): StoreFailures {
    return this.#parts.store.failures;
  }

  /** `open`: begins to hear. */
  async listen(open: (hear: (event: FlowEvent) => Promise<void>) => Promise<EventBus>): Promise<void> {
    const { store, failpoint } = this.#parts;
    const opened = Promise.withResolvers<EventBus>();
    const bus: Pick<EventBus, 'publish'> = { publish: async (event) => (await opened.promise).publish(event) };
    this.#outbox = new Outbox({ store, failpoint, bus });
    this.#bus = await open((event) => this.#hear(event, bus));
    opened.resolve(this.#bus);
  }

  resume(): void {
    this.#outbox?.wake();
  }

  adjust(settings: DomainSettings): void {
    this.#parts.behaviour.adjust(settings);
  }

  handle(_request: OrderRequest, reply: (reply: OrderReply) => void): void {
    reply({ code: 'invalid', order: null });
  }

  accept(request: OrderRequest, reply: (reply: OrderReply) => void): void {
    this.handle(request, reply);
  }

  refused(requestId: string, code: RefusalCode): void {
    this.#parts.evidence.append(evidenceKinds.refused, requestId, 0, '', 0, code);
  }

  async pending(): Promise<PendingWork> {
    const inHand = [...this.#inHand.keys(), ...this.#parts.store.eventIds()];
    return { inHand, queued: (await this.#bus?.queued()) ?? null };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#outbox?.close();
    await this.#bus?.close();
    this.#parts.store.close();
  }

  async #hear(event: FlowEvent, bus: Pick<EventBus, 'publish'>): Promise<void> {
    const asked = this.#asked.get(event.event);
    if (asked === undefined) return;
    // It leaves with the record of what comes of it.
    this.#parts.evidence.hold(evidenceKinds.step, event.id, 0, '', 0, flowNotes.heard);
    this.#inHand.set(event.id, (this.#inHand.get(event.id) ?? 0) + 1);
    await this.#take(event, asked === 'undo', bus);
    const left = (this.#inHand.get(event.id) ?? 1) - 1;
    if (left === 0) this.#inHand.delete(event.id);
    else this.#inHand.set(event.id, left);
  }

  /** Again until it is done; what can't be undone in time is left to a person. */
  async #take(event: FlowEvent, undoes: boolean, bus: Pick<EventBus, 'publish'>): Promise<void> {
    const { publish, participant, compensationMs, evidence } = this.#parts;
    const untilMs = performance.now() + compensationMs;
    let isTold = false;
    for (;;) {
      if (publish === 'publish-first' && !isTold) {
        await this.#tell(event, participant.foresee(event, undoes), bus);
        this.failpoint.reach('published', event.id);
        isTold = true;
      }
      const { outcome } = await this.#try(event, undoes);
      if (outcome !== 'unavailable') {
        this.failpoint.reach('committed', event.id);
        // Also of what comes again: nobody knows whether it was told the first time.
        if (publish === 'dual-write') await this.#tell(event, outcome, bus);
        if (publish === 'outbox') this.#outbox?.wake();
        return;
      }
      if (undoes && performance.now() > untilMs) {
        evidence.append(evidenceKinds.step, event.id, 0, '', 0, flowNotes.leftToPerson);
        return;
      }
      if (this.#isClosed) await new Promise(() => undefined); // it is the broker's again
      await sleep(againAfterMs);
    }
  }

  #try(event: FlowEvent, undoes: boolean): Promise<StepResult> {
    const { participant, publish, store, step } = this.#parts;
    const { id, key, payload } = event;
    const beside = (outcome: StepOutcome) => {
      if (publish === 'outbox') store.putEvent({ event: eventOf(step, outcome), id, key, payload });
    };
    return new Promise((done) => participant.take(event, undoes, done, beside));
  }

  #tell({ id, key, payload }: FlowEvent, outcome: StepOutcome, bus: Pick<EventBus, 'publish'>): Promise<void> {
    return bus.publish({ event: eventOf(this.#parts.step, outcome), id, key, payload });
  }
}
