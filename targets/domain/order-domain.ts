/** The orders behind every protocol: one implementation, so that a comparison differs in the protocol alone. */
import { crc32 } from 'node:zlib';
import { type ApiVersion, firstVersion } from '../../scenarios/api-versions.ts';
import { namesAnOrder, operationOf } from '../../scenarios/operations.ts';
import { paymentCents } from './accounts.ts';
import { type EvidenceKind, type EvidenceWriter, evidenceFlags, evidenceKinds, type RefusalCode } from './evidence.ts';
import type { Failpoint } from './failpoint.ts';
import { parseOperationId } from './operation-id.ts';
import { type OrderState, type OrderStore, StoreFailure } from './order-store.ts';
import type { Order, OrderReply, OrderRequest } from './orders.ts';
import { RequestMemory } from './request-memory.ts';
import type { DomainSettings, ServiceDomain } from './service-domain.ts';
import { type SlowWork, workTimeFor } from './slow-work.ts';
import { isUnreadable } from './unreadable.ts';
import { WorkPlaces } from './work-places.ts';
import { workFor } from './work-time.ts';

/** What only reads may be done as often as it comes. */
function changes({ action }: OrderRequest): boolean {
  return operationOf(action)?.isRead === false;
}

const listLimit = 20;
const owedAgainAfterMs = 500;
const unavailable: OrderReply = { code: 'unavailable', order: null };
const invalid: OrderReply = { code: 'invalid', order: null };
const retired: OrderReply = { code: 'retired', order: null };
const accepted: OrderReply = { code: 'accepted', order: null };

export interface OrderDomainOptions {
  readonly evidence: EvidenceWriter;
  readonly failpoint: Failpoint;
  readonly store: OrderStore;
  readonly workTimeMs: number;
  readonly slow?: SlowWork | undefined;
  /** By its place in the topology; left out: the first. */
  readonly part?: number | undefined;
  /** What is asked of other services, between the work and its effect; left out: nothing. `failed`: who did not do it. */
  readonly ask?: ((id: string, key: string, done: (failed: readonly string[]) => void) => void) | undefined;
  /** Told of what was handed over, once it is done; left out: nobody is. */
  readonly publish?: ((request: OrderRequest) => void) | undefined;
  readonly rejectRatio: number;
  /** 0–1: see isUnreadable. Left out: 0. */
  readonly unreadableRatio?: number | undefined;
  /** Requests worked on at once; left out: as many as come. */
  readonly concurrency?: number | undefined;
  /** With `concurrency`: how many may wait for their turn. */
  readonly waiting?: number | undefined;
  /** The effect of a request that comes again happens once; left out: as often as it comes. */
  readonly idempotent?: boolean | undefined;
  readonly seed: number;
}

export class OrderDomain implements ServiceDomain {
  readonly failpoint: Failpoint;
  readonly #store: OrderStore;
  readonly #evidence: EvidenceWriter;
  #workTimeMs: number;
  readonly #options: Pick<OrderDomainOptions, 'slow' | 'seed' | 'part' | 'ask' | 'publish'>;
  #rejectRatio: number;
  /** null: none. */
  #retiredVersion: ApiVersion | null = null;
  readonly #unreadableRatio: number;
  readonly #places: WorkPlaces | null;
  readonly #memory: RequestMemory | null;
  #random: number;
  #operations = 0;

  constructor(options: OrderDomainOptions) {
    this.#evidence = options.evidence;
    this.failpoint = options.failpoint;
    this.#store = options.store;
    this.#workTimeMs = options.workTimeMs;
    this.#options = options;
    this.#rejectRatio = options.rejectRatio;
    this.#unreadableRatio = options.unreadableRatio ?? 0;
    const { concurrency, waiting = 0 } = options;
    this.#places = concurrency === undefined ? null : new WorkPlaces(concurrency, waiting);
    this.#memory = options.idempotent === true ? new RequestMemory((id) => this.#store.recall(id)) : null;
    this.#random = options.seed >>> 0 || 1;
  }

  /** Taken up so far, refused ones included. */
  get operations(): number {
    return this.#operations;
  }

  /** Begins with what was handed over to an earlier life of this service and not done: once, before anything comes. */
  resume(): void {
    for (const request of this.#store.accepted()) {
      this.#memory?.repeats(request.requestId, () => undefined);
      this.#workOff(request);
    }
    this.#evidence.flush();
  }

  /** From the next operation on. */
  adjust({ workTimeMs, rejectRatio, retiredVersion }: DomainSettings): void {
    this.#workTimeMs = workTimeMs ?? this.#workTimeMs;
    this.#rejectRatio = rejectRatio ?? this.#rejectRatio;
    if (retiredVersion !== undefined) this.#retiredVersion = retiredVersion;
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

  /** Puts on record that a broker's message was refused, and where it went. */
  refused(requestId: string, code: RefusalCode): void {
    this.#evidence.append(evidenceKinds.refused, requestId, 0, '', 0, code);
  }

  #answer({ requestId }: OrderRequest, done: OrderReply, reply: (reply: OrderReply) => void): void {
    this.failpoint.reach('reply', requestId);
    reply(done);
  }

  /** Hand-over: replies as soon as the request is on record and the store knows it, and does the work afterwards. */
  accept(request: OrderRequest, reply: (reply: OrderReply) => void): void {
    const refusal = this.#receive(request);
    if (refusal !== null) {
      reply(refusal);
      return;
    }
    const isChange = changes(request);
    if (isChange && this.#memory?.repeats(request.requestId, () => undefined)) {
      this.#answer(request, accepted, reply);
      return;
    }
    const access = { kind: isChange ? 'note' : 'read', requestId: request.requestId } as const;
    const keep = (state: OrderState) => {
      if (isChange) state.keepAccepted(request);
    };
    this.#store.run(access, keep, (kept) => {
      if (kept instanceof StoreFailure) {
        reply(this.#leftUndone(request, { why: kept.why }));
        return;
      }
      this.#workOff(request);
      this.#evidence.flush();
      this.#answer(request, accepted, reply);
    });
    this.#evidence.flush();
  }

  /** It was accepted, so it is owed, also by a store that can keep nothing for a while. */
  #workOff(request: OrderRequest): void {
    this.#work(request, ({ why, failedCalls }) => {
      if (why !== undefined || failedCalls !== undefined)
        setTimeout(() => this.#workOff(request), owedAgainAfterMs).unref();
      else this.#options.publish?.(request);
    });
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
    const finish = () => this.#askOthers(request, reply);
    if (workTimeMs === 0) {
      finish();
      return;
    }
    this.#evidence.flush();
    workFor(workTimeMs, finish);
  }

  #workTimeOf({ requestId }: OrderRequest): number {
    const { slow, seed, part = 0 } = this.#options;
    return workTimeFor(requestId, this.#workTimeMs, slow, { seed, part });
  }

  #askOthers(request: OrderRequest, reply: (reply: OrderReply) => void): void {
    const { ask } = this.#options;
    if (ask === undefined) {
      this.#apply(request, reply);
      return;
    }
    this.#evidence.flush();
    ask(request.requestId, request.key || request.orderId, (failedCalls) => {
      if (failedCalls.length === 0) this.#apply(request, reply);
      else reply(this.#leftUndone(request, { failedCalls }));
    });
  }

  #isUnreadable({ requestId }: OrderRequest): boolean {
    const id = parseOperationId(requestId);
    return id !== null && isUnreadable(id.sequence, this.#unreadableRatio);
  }

  #receive(request: OrderRequest): OrderReply | null {
    this.#operations++;
    if (this.#retiredVersion !== null && (request.version ?? firstVersion) === this.#retiredVersion) return retired;
    if (this.#unreadableRatio > 0 && this.#isUnreadable(request)) return invalid;
    if (this.#rejectRatio > 0 && this.#draw() < this.#rejectRatio) return unavailable;
    if (this.#places?.isFull && request.canWait !== true) return unavailable;
    const operation = operationOf(request.action);
    if (operation === null || (request.orderId === '' && namesAnOrder(operation))) return invalid;
    this.#note(evidenceKinds.received, request);
    if (this.#memory !== null) this.#evidence.flush(); // it may answer at once
    this.failpoint.reach('received', request.requestId);
    return null;
  }

  #apply(request: OrderRequest, reply: (reply: OrderReply) => void): void {
    const { requestId } = request;
    const access = { kind: changes(request) ? 'effect' : 'read', requestId } as const;
    let isDone = false; // by another process of this service, meanwhile
    const work = (state: OrderState) => {
      if (access.kind === 'read') return this.#effect(request, state);
      const known = this.#memory === null ? null : state.recall(requestId);
      isDone = known !== null;
      return known ?? this.#change(request, state);
    };
    this.#store.run(access, work, (done) => {
      if (done instanceof StoreFailure) {
        reply(this.#leftUndone(request, { why: done.why }));
        return;
      }
      if (!isDone) this.#applied(request, done);
      this.#memory?.finish(requestId, done);
      reply(done);
    });
  }

  #applied(request: OrderRequest, done: OrderReply): void {
    this.#note(evidenceKinds.applied, request, done.code);
    this.#evidence.flush();
    if (changes(request)) this.failpoint.reach('afterCommit', request.requestId);
    this.failpoint.reach('applied', request.requestId);
  }

  /** What it left undone is new when it comes again. */
  #leftUndone({ requestId }: OrderRequest, why: Pick<OrderReply, 'why' | 'failedCalls'>): OrderReply {
    const reply = { ...unavailable, ...why };
    this.#memory?.fail(requestId, reply);
    return reply;
  }

  #change(request: OrderRequest, state: OrderState): OrderReply {
    const { requestId } = request;
    const reply = this.#effect(request, state);
    state.dropAccepted(requestId);
    if (this.#memory !== null) state.remember(requestId, reply);
    return reply;
  }

  /** On record with the next flush: what follows in the same turn goes in one write. */
  #note(kind: EvidenceKind, request: OrderRequest, code?: OrderReply['code']): void {
    const { requestId, payload, key, orderId, redelivered, partition } = request;
    let flags = kind === evidenceKinds.received && redelivered ? evidenceFlags.redelivered : 0;
    if (code === 'conflict' || code === 'notFound') flags = evidenceFlags.unchanged;
    this.#evidence.hold(kind, requestId, crc32(payload), key || orderId, flags, placeOf(partition));
  }

  #effect(request: OrderRequest, state: OrderState): OrderReply {
    const { action, orderId, requestId } = request;
    const current = state.order(orderId);
    switch (action) {
      case 'place': {
        const version = current === null ? 1 : current.version + 1;
        const order: Order = { id: orderId, key: request.key, payload: request.payload, status: 'placed', version };
        state.put(order, requestId);
        return { code: 'created', order };
      }
      case 'pay':
        // Without a check of its own: whether a payment is taken twice is for the idempotency key to decide.
        state.charge(request.key, paymentCents, requestId);
        return { code: 'created', order: { id: orderId, key: request.key, payload: '', status: 'paid', version: 1 } };
      case 'get':
        return current === null ? { code: 'notFound', order: null } : { code: 'ok', order: current };
      case 'list':
        return { code: 'ok', order: null, orders: state.first(listLimit) };
      case 'update':
      case 'cancel': {
        if (current === null) return { code: 'notFound', order: null };
        const isExpected = request.ifVersions?.includes(current.version) ?? true;
        if (current.status === 'cancelled' || !isExpected) return { code: 'conflict', order: current };
        const change = action === 'cancel' ? { status: 'cancelled' as const } : { payload: request.payload };
        const order: Order = { ...current, ...change, version: current.version + 1 };
        state.put(order, requestId);
        return { code: 'ok', order };
      }
    }
  }

  /** Mulberry32: seeded, so that a refusing service refuses the same share in every run. */
  #draw(): number {
    this.#random = (this.#random + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#random ^ (this.#random >>> 15), 1 | this.#random);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
}

/** One byte: from 1, and 0 for what is of none, or of one too many. */
function placeOf(partition: number | undefined): number {
  return partition === undefined || partition > 254 ? 0 : partition + 1;
}
