/** A participant that is called: an order that is placed with it is its step, and cancelled the step is undone. */
import type { RefusalCode } from '../domain/evidence.ts';
import { type EvidenceWriter, evidenceKinds } from '../domain/evidence.ts';
import type { Failpoint } from '../domain/failpoint.ts';
import type { StoreFailures } from '../domain/order-store.ts';
import type { Order, OrderReply, OrderRequest } from '../domain/orders.ts';
import type { DomainSettings, FlowDomain, PendingWork } from '../domain/service-domain.ts';
import type { FlowBehaviour } from './flow-behaviour.ts';
import { flowNotes } from './flow-evidence.ts';
import type { FlowStore } from './flow-store.ts';
import type { Participant, StepResult } from './participant.ts';

export interface ParticipantDomainParts {
  readonly participant: Participant;
  readonly behaviour: FlowBehaviour;
  readonly store: FlowStore;
  readonly evidence: EvidenceWriter;
  readonly failpoint: Failpoint;
}

export class ParticipantDomain implements FlowDomain {
  readonly failpoint: Failpoint;
  readonly #parts: ParticipantDomainParts;

  constructor(parts: ParticipantDomainParts) {
    this.#parts = parts;
    this.failpoint = parts.failpoint;
  }

  get operations(): number {
    return this.#parts.behaviour.operations;
  }

  get storeFailures(): StoreFailures {
    return this.#parts.store.failures;
  }

  resume(): void {}

  adjust(settings: DomainSettings): void {
    this.#parts.behaviour.adjust(settings);
  }

  handle({ action, orderId, key }: OrderRequest, reply: (reply: OrderReply) => void): void {
    if ((action !== 'place' && action !== 'cancel') || orderId === '') {
      reply({ code: 'invalid', order: null });
      return;
    }
    // It leaves with the record of what comes of it.
    this.#parts.evidence.hold(evidenceKinds.step, orderId, 0, '', 0, flowNotes.heard);
    this.#parts.participant.take({ id: orderId, key }, action === 'cancel', (result) => {
      this.failpoint.reach('reply', orderId);
      reply(replyOf(result, orderId, key));
    });
  }

  accept(request: OrderRequest, reply: (reply: OrderReply) => void): void {
    this.handle(request, reply);
  }

  refused(requestId: string, code: RefusalCode): void {
    this.#parts.evidence.append(evidenceKinds.refused, requestId, 0, '', 0, code);
  }

  /** Who leads has all of it in hand. */
  async pending(): Promise<PendingWork> {
    return { inHand: [], queued: 0 };
  }

  async close(): Promise<void> {
    this.#parts.store.close();
  }
}

function replyOf({ outcome, why }: StepResult, id: string, key: string): OrderReply {
  const order = (status: Order['status'], version: number): Order => ({ id, key, payload: '', status, version });
  switch (outcome) {
    case 'done':
      return { code: 'created', order: order('placed', 1) };
    case 'undone':
      return { code: 'ok', order: order('cancelled', 2) };
    case 'refused':
      return { code: 'conflict', order: null };
    case 'unavailable':
      return { code: 'unavailable', order: null, ...(why !== undefined && { why }) };
  }
}
