/** The entry of a flow: keeps the order, answers that it has it, and lets the flow begin. What follows is the style's. */
import { crc32 } from 'node:zlib';
import { type EvidenceKind, type EvidenceWriter, evidenceKinds, type RefusalCode } from '../domain/evidence.ts';
import type { Failpoint } from '../domain/failpoint.ts';
import { StoreFailure, type StoreFailures } from '../domain/order-store.ts';
import type { OrderReply, OrderRequest } from '../domain/orders.ts';
import { RequestMemory } from '../domain/request-memory.ts';
import type { DomainSettings, FlowDomain, PendingWork } from '../domain/service-domain.ts';
import type { FlowBehaviour } from './flow-behaviour.ts';
import type { FlowStore } from './flow-store.ts';
import type { FlowStyle, PlacedOrder } from './flow-style.ts';

export interface OrdersDomainParts {
  readonly style: FlowStyle;
  readonly behaviour: FlowBehaviour;
  readonly store: FlowStore;
  readonly evidence: EvidenceWriter;
  readonly failpoint: Failpoint;
}

const accepted: OrderReply = { code: 'accepted', order: null };
const unavailable: OrderReply = { code: 'unavailable', order: null };

export class OrdersDomain implements FlowDomain {
  readonly failpoint: Failpoint;
  readonly #parts: OrdersDomainParts;
  readonly #memory: RequestMemory;

  constructor(parts: OrdersDomainParts) {
    this.#parts = parts;
    this.failpoint = parts.failpoint;
    this.#memory = new RequestMemory((id) => (parts.store.hasOrder(id) ? accepted : null));
  }

  get operations(): number {
    return this.#parts.behaviour.operations;
  }

  get storeFailures(): StoreFailures {
    return this.#parts.store.failures;
  }

  resume(): void {
    this.#parts.style.resume();
  }

  adjust(settings: DomainSettings): void {
    this.#parts.behaviour.adjust(settings);
  }

  /** A flow has no answer but that it is begun. */
  handle(_request: OrderRequest, reply: (reply: OrderReply) => void): void {
    reply({ code: 'invalid', order: null });
  }

  accept(request: OrderRequest, reply: (reply: OrderReply) => void): void {
    const { behaviour } = this.#parts;
    if (request.action !== 'place' || request.orderId === '') {
      reply({ code: 'invalid', order: null });
      return;
    }
    if (behaviour.refuses('place') || behaviour.isFull) {
      reply(unavailable);
      return;
    }
    this.#note(evidenceKinds.received, request);
    this.failpoint.reach('received', request.requestId);
    if (this.#memory.repeats(request.requestId, reply)) return;
    behaviour.enter((leave) => {
      this.#note(evidenceKinds.started, request);
      behaviour.work(() => void this.#place(request, reply, leave));
    });
  }

  refused(requestId: string, code: RefusalCode): void {
    this.#parts.evidence.append(evidenceKinds.refused, requestId, 0, '', 0, code);
  }

  pending(): Promise<PendingWork> {
    return this.#parts.style.pending();
  }

  async close(): Promise<void> {
    await this.#parts.style.close();
    this.#parts.store.close();
  }

  async #place(request: OrderRequest, reply: (reply: OrderReply) => void, leave: () => void): Promise<void> {
    const { style, store } = this.#parts;
    const { requestId: id, key, payload } = request;
    const order: PlacedOrder = { id, key, payload };
    const giveUp = (why: string) => {
      const refusal = { ...unavailable, why };
      this.#memory.fail(id, refusal);
      reply(refusal);
      leave();
    };
    try {
      await style.before?.(order);
    } catch (error) {
      giveUp(error instanceof Error ? error.message : String(error));
      return;
    }
    const keep = () => {
      store.putOrder(id, key, payload);
      style.beside?.(order);
    };
    store.keep(id, keep, (kept) => {
      if (kept instanceof StoreFailure) {
        giveUp(kept.why);
        return;
      }
      this.#note(evidenceKinds.applied, request);
      this.failpoint.reach('afterCommit', id);
      this.failpoint.reach('applied', id);
      this.#memory.finish(id, accepted);
      this.failpoint.reach('reply', id);
      reply(accepted);
      // The answer leaves with this turn of the event loop: whatever becomes of this process, the client has it.
      setImmediate(() => style.begin(order, leave));
    });
  }

  #note(kind: EvidenceKind, { requestId, payload, key, orderId }: OrderRequest): void {
    this.#parts.evidence.append(kind, requestId, crc32(payload), key || orderId);
  }
}
