import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EvidenceReader, EvidenceWriter, evidenceKinds } from './evidence.ts';
import { Failpoint } from './failpoint.ts';
import { MemoryStore } from './memory-store.ts';
import { formatOperationId } from './operation-id.ts';
import { OrderDomain, type OrderDomainOptions } from './order-domain.ts';
import type { OrderReply, OrderRequest } from './orders.ts';
import { RequestMemory } from './request-memory.ts';
import { cancellableOrderId } from './service-options.ts';

const folder = mkdtempSync(join(tmpdir(), 'wirebench-domain-'));
afterAll(() => rmSync(folder, { recursive: true }));

let opened = 0;

function open(
  options: Partial<Pick<OrderDomainOptions, 'idempotent' | 'workTimeMs' | 'concurrency' | 'waiting'>> = {},
) {
  const path = join(folder, `evidence-${opened++}`);
  const behaviour = { workTimeMs: 0, rejectRatio: 0, seed: 1, ...options };
  const evidence = new EvidenceWriter(path);
  const population = { readable: 1, cancellable: 4 };
  const store = new MemoryStore({ statePath: `${path}.state`, population, beforeCommit: () => undefined });
  const domain = new OrderDomain({ evidence, failpoint: new Failpoint(evidence), store, ...behaviour });
  const count = (kind: number) => [...new EvidenceReader(path).more()].filter((record) => record.kind === kind).length;
  return {
    domain,
    store,
    handle: (request: OrderRequest) => new Promise<OrderReply>((resolve) => domain.handle(request, resolve)),
    kinds: () => [...new EvidenceReader(path).more()].map(({ kind, sequence }) => ({ kind, sequence })),
    counts: () => ({ received: count(evidenceKinds.received), applied: count(evidenceKinds.applied) }),
  };
}

const id = formatOperationId('trial', 0, 7);
const place: OrderRequest = { action: 'place', requestId: id, orderId: id, key: 'k', payload: 'p' };
const cancel: OrderRequest = { ...place, action: 'cancel', orderId: cancellableOrderId(0), key: '' };

describe('a request that comes again', () => {
  it('is applied again without a memory: a second version, and a conflict for what cannot be done twice', async () => {
    const { handle, counts } = open();
    expect([(await handle(place)).order?.version, (await handle(place)).order?.version]).toEqual([1, 2]);
    expect([(await handle(cancel)).code, (await handle(cancel)).code]).toEqual(['ok', 'conflict']);
    expect(counts()).toEqual({ received: 4, applied: 4 });
  });

  it('charges the customer again without a memory, and once with one', async () => {
    const pay: OrderRequest = { ...place, action: 'pay', key: 'account-1' };
    for (const [idempotent, charged] of [
      [false, 2_000],
      [true, 1_000],
    ] as const) {
      const { store, handle } = open({ idempotent });
      expect([(await handle(pay)).code, (await handle(pay)).code]).toEqual(['created', 'created']);
      expect(store.chargedCents).toBe(charged);
    }
  });

  it('is applied once with one, and gets the reply of the first', async () => {
    const { handle, counts } = open({ idempotent: true });
    const first = await handle(place);
    expect(first.order?.version).toBe(1);
    expect(await handle(place)).toEqual(first);
    expect(counts()).toEqual({ received: 2, applied: 1 });
  });

  it('waits for the first when that is still being worked on', async () => {
    const { handle, counts } = open({ idempotent: true, workTimeMs: 20 });
    expect((await Promise.all([handle(cancel), handle(cancel), handle(cancel)])).map(({ code }) => code)).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
    expect(counts()).toEqual({ received: 3, applied: 1 });
  });

  it('is handed over once, too', async () => {
    const { domain, handle, counts } = open({ idempotent: true });
    const codes: string[] = [];
    for (let n = 0; n < 2; n++) domain.accept(place, ({ code }) => codes.push(code));
    expect(codes).toEqual(['accepted', 'accepted']);
    expect((await handle(place)).code).toBe('created');
    expect(counts()).toEqual({ received: 3, applied: 1 });
  });
});

describe('RequestMemory', () => {
  it('forgets the oldest that are done, and never one that somebody may wait for', () => {
    const memory = new RequestMemory(() => null, 3);
    const none = () => undefined;
    const done = { code: 'ok', order: null } as const;
    for (const name of ['pending', 'a', 'b']) memory.repeats(name, none);
    for (const name of ['a', 'b']) memory.finish(name, done);
    memory.repeats('c', none);
    expect(memory.repeats('b', none)).toBe(true);
    expect(memory.repeats('pending', none)).toBe(true);
    expect(memory.repeats('a', none)).toBe(false);
  });
});

describe('a service with few places', () => {
  const order = (number: number): OrderRequest => {
    const requestId = formatOperationId('trial', 0, number);
    return { ...place, requestId, orderId: requestId };
  };

  it('works on so many at once, the rest in turn, and refuses beyond its line without a trace', async () => {
    const { handle, counts } = open({ workTimeMs: 10, concurrency: 2, waiting: 3 });
    const ended: number[] = [];
    const codes = await Promise.all(
      [0, 1, 2, 3, 4, 5, 6].map(async (number) => {
        const { code } = await handle(order(number));
        if (code === 'created') ended.push(number);
        return code;
      }),
    );
    expect(codes).toEqual([...new Array<string>(5).fill('created'), 'unavailable', 'unavailable']);
    expect(ended).toEqual([0, 1, 2, 3, 4]);
    expect(counts()).toEqual({ received: 5, applied: 5 });
  });

  it('forgets what it refused: the request may come again', async () => {
    const { handle } = open({ workTimeMs: 10, concurrency: 1, waiting: 0, idempotent: true });
    const [first, second] = await Promise.all([handle(order(0)), handle(order(1))]);
    expect([first.code, second.code]).toEqual(['created', 'unavailable']);
    expect((await handle(order(1))).code).toBe('created');
  });

  it('takes as long as its places make it', async () => {
    const { handle } = open({ workTimeMs: 10, concurrency: 1, waiting: 10 });
    const startedMs = performance.now();
    await Promise.all([0, 1, 2, 3].map((number) => handle(order(number))));
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(40);
  });
});

describe('the evidence of a request', () => {
  const { received, started, applied } = evidenceKinds;
  const request = (sequence: number): OrderRequest => {
    const requestId = formatOperationId('trial', 0, sequence);
    return { ...place, requestId, orderId: requestId };
  };

  it('says that it came, got a place and took effect, before it is answered', () => {
    const { domain, kinds } = open();
    let seen: number[] = [];
    domain.handle(request(1), () => {
      seen = kinds().map(({ kind }) => kind);
    });
    expect(seen).toEqual([received, started, applied]);
  });

  it('says of one that waits for a place that it came, and no more until it has one', async () => {
    const { handle, kinds } = open({ concurrency: 1, waiting: 1, workTimeMs: 40 });
    const both = [handle(request(1)), handle(request(2))];
    expect(kinds()).toEqual([
      { kind: received, sequence: 1 },
      { kind: started, sequence: 1 },
      { kind: received, sequence: 2 },
    ]);
    await Promise.all(both);
    expect(kinds().slice(3)).toEqual([
      { kind: applied, sequence: 1 },
      { kind: started, sequence: 2 },
      { kind: applied, sequence: 2 },
    ]);
  });

  it('is on record when a hand-over returns', () => {
    const { domain, kinds } = open({ workTimeMs: 60_000 });
    domain.accept(request(3), () => undefined);
    expect(kinds().map(({ kind }) => kind)).toEqual([received, started]);
  });
});
