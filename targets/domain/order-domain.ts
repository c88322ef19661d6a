/** The orders behind every protocol: one implementation, so that a comparison differs in the protocol alone. */
import { crc32 } from 'node:zlib';
import { namesAnOrder, operationOf } from '../../scenarios/operations.ts';
import { Accounts, paymentCents } from './accounts.ts';
import { type EvidenceKind, type EvidenceWriter, evidenceKinds } from './evidence.ts';
import { Failpoint } from './failpoint.ts';
import { parseOperationId } from './operation-id.ts';
import type { Order, OrderReply, OrderRequest } from './orders.ts';
import { RequestMemory } from './request-memory.ts';
import { cancellableOrderId, type Population, readableOrderId } from './service-options.ts';
import { isSlow, type SlowWork } from './slow-work.ts';
import { WorkPlaces } from './work-places.ts';
import { workFor } from './work-time.ts';

/** What only reads may be done as often as it comes. */
function changes({ action }: OrderRequest): boolean {
  return operationOf(action)?.isRead === false;
}

const listLimit = 20;
const unavailable: OrderReply = { code: 'unavailable', order: null };
const invalid: OrderReply = { code: 'invalid', order: null };
const accepted: OrderReply = { code: 'accepted', order: null };

export interface OrderDomainOptions {
  readonly evidence: EvidenceWriter;
  readonly population: Population;
  readonly workTimeMs: number;
  readonly slow?: SlowWork | undefined;
  readonly rejectRatio: number;
  /** Requests worked on at once; left out: as many as come. */
  readonly concurrency?: number | undefined;
  /** With `concurrency`: how many may wait for their turn. */
  readonly waiting?: number | undefined;
  /** The effect of a request that comes again happens once; left out: as often as it comes. */
  readonly idempotent?: boolean | undefined;
  readonly seed: number;
}

export class OrderDomain {
  readonly failpoint: Failpoint;
  readonly #orders = new Map<string, Order>();
  readonly #accounts = new Accounts();
  readonly #evidence: EvidenceWriter;
  #workTimeMs: number;
  readonly #slow: SlowWork | undefined;
  #rejectRatio: number;
  readonly #places: WorkPlaces | null;
  readonly #memory: RequestMemory | null;
  #random: number;
  #operations = 0;

  constructor(options: OrderDomainOptions) {
    this.#evidence = options.evidence;
    this.failpoint = new Failpoint(options.evidence);
    this.#workTimeMs = options.workTimeMs;
    this.#slow = options.slow;
    this.#rejectRatio = options.rejectRatio;
    const { concurrency, waiting = 0 } = options;
    this.#places = concurrency === undefined ? null : new WorkPlaces(concurrency, waiting);
    this.#memory = options.idempotent === true ? new RequestMemory() : null;
    this.#random = options.seed >>> 0 || 1;
    for (let n = 0; n < options.population.readable; n++) this.#seed(readableOrderId(n));
    for (let n = 0; n < options.population.cancellable; n++) this.#seed(cancellableOrderId(n));
  }

  /** Taken up so far, refused ones included. */
  get operations(): number {
    return this.#operations;
  }

  /** Over all accounts, since this service started. */
  get chargedCents(): number {
    return this.#accounts.chargedCents;
  }

  /** From the next operation on. */
  adjust({ workTimeMs, rejectRatio }: { readonly workTimeMs?: number; readonly rejectRatio?: number }): void {
    this.#workTimeMs = workTimeMs ?? this.#workTimeMs;
    this.#rejectRatio = rejectRatio ?? this.#rejectRatio;
  }

  #seed(id: string): void {
    this.#orders.set(id, { id, key: '', payload: '', status: 'placed', version: 1 });
  }

  /** Does the work, then replies; without work time the reply comes synchronously. */
  handle(request: OrderRequest, reply: (reply: OrderReply) => void): void {
    const refusal = this.#receive(request);
    if (refusal !== null) {
      reply(refusal);
      return;
    }
    if (changes(request) && this.#memory?.repeats(request.requestId, reply)) return;
    this.#work(request, request.isUnheard === true ? reply : (done) => this.#answer(request, done, reply));
    this.#evidence.flush();
  }

  #answer({ requestId }: OrderRequest, done: OrderReply, reply: (reply: OrderReply) => void): void {
    this.failpoint.reach('reply', requestId);
    reply(done);
  }

  /** Hand-over: returns as soon as the request is on record, and does the work afterwards. */
  accept(request: OrderRequest): OrderReply {
    const refusal = this.#receive(request);
    if (refusal !== null) return refusal;
    if (!(changes(request) && this.#memory?.repeats(request.requestId, () => undefined))) {
      this.#work(request, () => undefined);
    }
    this.#evidence.flush();
    this.failpoint.reach('reply', request.requestId);
    return accepted;
  }

  #work(request: OrderRequest, reply: (reply: OrderReply) => void): void {
    const places = this.#places;
    if (places === null) this.#workOn(request, reply);
    else
      places.enter(() =>
        this.#workOn(request, (done) => {
          reply(done);
          places.leave();
        }),
      );
  }

  #workOn(request: OrderRequest, reply: (reply: OrderReply) => void): void {
    const workTimeMs = this.#workTimeOf(request);
    this.#note(evidenceKinds.started, request);
    const finish = () => {
      const done = this.#apply(request);
      this.#memory?.finish(request.requestId, done);
      reply(done);
    };
    if (workTimeMs === 0) {
      finish();
      return;
    }
    this.#evidence.flush();
    workFor(workTimeMs, finish);
  }

  #workTimeOf({ requestId }: OrderRequest): number {
    const slow = this.#slow;
    if (slow === undefined) return this.#workTimeMs;
    const id = parseOperationId(requestId);
    return id !== null && isSlow(id.sequence, slow.share) ? slow.workTimeMs : this.#workTimeMs;
  }

  #receive(request: OrderRequest): OrderReply | null {
    this.#operations++;
    if (this.#rejectRatio > 0 && this.#draw() < this.#rejectRatio) return unavailable;
    if (this.#places?.isFull) return unavailable;
    const operation = operationOf(request.action);
    if (operation === null || (request.orderId === '' && namesAnOrder(operation))) return invalid;
    this.#note(evidenceKinds.received, request);
    if (this.#memory !== null) this.#evidence.flush(); // it may answer at once
    this.failpoint.reach('received', request.requestId);
    return null;
  }

  #apply(request: OrderRequest): OrderReply {
    const reply = this.#change(request);
    this.#note(evidenceKinds.applied, request);
    this.#evidence.flush();
    this.failpoint.reach('applied', request.requestId);
    return reply;
  }

  /** On record with the next flush: what follows in the same turn goes in one write. */
  #note(kind: EvidenceKind, { requestId, payload, key, orderId, redelivered }: OrderRequest): void {
    const isReceived = kind === evidenceKinds.received;
    this.#evidence.hold(kind, requestId, crc32(payload), key || orderId, isReceived && redelivered);
  }

  #change(request: OrderRequest): OrderReply {
    const { action, orderId } = request;
    const current = this.#orders.get(orderId) ?? null;
    switch (action) {
      case 'place': {
        const version = current === null ? 1 : current.version + 1;
        const order: Order = { id: orderId, key: request.key, payload: request.payload, status: 'placed', version };
        this.#orders.set(orderId, order);
        return { code: 'created', order };
      }
      case 'pay':
        // Without a check of its own: whether a payment is taken twice is for the idempotency key to decide.
        this.#accounts.charge(request.key, paymentCents);
        return { code: 'created', order: { id: orderId, key: request.key, payload: '', status: 'paid', version: 1 } };
      case 'get':
        return current === null ? { code: 'notFound', order: null } : { code: 'ok', order: current };
      case 'list':
        return { code: 'ok', order: null, orders: this.#first(listLimit) };
      case 'update':
      case 'cancel': {
        if (current === null) return { code: 'notFound', order: null };
        const isExpected = request.ifVersions?.includes(current.version) ?? true;
        if (current.status === 'cancelled' || !isExpected) return { code: 'conflict', order: current };
        const change = action === 'cancel' ? { status: 'cancelled' as const } : { payload: request.payload };
        const order: Order = { ...current, ...change, version: current.version + 1 };
        this.#orders.set(orderId, order);
        return { code: 'ok', order };
      }
    }
  }

  #first(limit: number): Order[] {
    const page: Order[] = [];
    for (const order of this.#orders.values()) {
      if (page.push(order) === limit) break;
    }
    return page;
  }

  /** Mulberry32: seeded, so that a refusing service refuses the same share in every run. */
  #draw(): number {
    this.#random = (this.#random + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#random ^ (this.#random >>> 15), 1 | this.#random);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
}
