import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { EvidenceReader, EvidenceWriter, evidenceKinds } from './evidence.ts';
import { type ArmedFailpoint, Failpoint } from './failpoint.ts';
import { readHeld } from './held-state.ts';
import { openStore } from './open-store.ts';
import { formatOperationId } from './operation-id.ts';
import { OrderDomain } from './order-domain.ts';
import type { OrderReply, OrderRequest } from './orders.ts';
import { cancellableOrderId, readableOrderId } from './service-options.ts';

const folder = mkdtempSync(join(tmpdir(), 'wirebench-file-store-'));
afterAll(() => rmSync(folder, { recursive: true }));

let opened = 0;
const newPath = () => join(folder, `state-${opened++}`);

class Died extends Error {}

/** A life of a service on that file: to end it without a word, leave it; `die` is what the failpoint does in place of a kill. */
async function life(
  statePath: string,
  { idempotent = false, part = 0, workTimeMs = 0, failpoint: armed = null as ArmedFailpoint | null } = {},
) {
  const evidencePath = `${statePath}.evidence`;
  const evidence = new EvidenceWriter(evidencePath, part);
  const failpoint = new Failpoint(evidence, () => {
    throw new Died();
  });
  failpoint.arm(armed);
  const beforeCommit = (id: string) => failpoint.reach('beforeCommit', id);
  const population = { readable: 1, cancellable: 2 };
  const store = await openStore('file', { statePath, part, population, beforeCommit });
  const behaviour = { workTimeMs, rejectRatio: 0, seed: 1, idempotent };
  const domain = new OrderDomain({ evidence, failpoint, store, ...behaviour });
  domain.resume();
  return {
    store,
    domain,
    handle: (request: OrderRequest) => new Promise<OrderReply>((resolve) => domain.handle(request, resolve)),
    accept: (request: OrderRequest) => new Promise<OrderReply>((resolve) => domain.accept(request, resolve)),
    applied: () => [...new EvidenceReader(evidencePath).more()].filter(({ kind }) => kind === evidenceKinds.applied),
  };
}

const place = (number: number): OrderRequest => {
  const requestId = formatOperationId('trial', 0, number);
  return { action: 'place', requestId, orderId: requestId, key: 'k', payload: `payload ${number}` };
};
const pay = (number: number): OrderRequest => ({ ...place(number), action: 'pay', key: 'account', payload: '' });
const held = (path: string) => readHeld([{ store: 'file', path, gone: true }]);

describe('a store in a file', () => {
  it('holds after the end of its process what was answered, and the next life goes on with it', async () => {
    const path = newPath();
    const first = await life(path);
    const placed = await first.handle(place(1));
    await first.handle({ ...place(2), action: 'update', orderId: readableOrderId(0) });
    await first.handle(pay(3));
    first.store.close();
    const second = await life(path);
    expect((await second.handle({ ...place(4), action: 'get', orderId: place(1).orderId })).order).toEqual(
      placed.order,
    );
    expect((await second.handle({ ...place(5), action: 'get', orderId: readableOrderId(0) })).order?.version).toBe(2);
    const listed = await second.handle({ ...place(6), action: 'list', orderId: '' });
    expect(listed.orders?.map(({ id }) => id)).toEqual([
      readableOrderId(0),
      cancellableOrderId(0),
      cancellableOrderId(1),
      place(1).orderId,
    ]);
    const state = held(path);
    expect([...(state?.operations ?? [])].map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(state?.chargedCents).toBe(1_000);
  });

  it('answers nobody before the commit, which those of one turn share', async () => {
    const path = newPath();
    const { domain, handle } = await life(path);
    const seen: (number | undefined)[] = [];
    for (const n of [1, 2, 3]) domain.handle(place(n), () => seen.push(held(path)?.operations.count));
    expect(seen).toEqual([]);
    expect(held(path)?.operations.count).toBe(0);
    await handle(place(4));
    expect(seen).toEqual([4, 4, 4]);
  });

  it('loses what was not committed, and keeps what was, at the failpoint of that name', async () => {
    for (const [point, kept] of [
      ['beforeCommit', []],
      ['afterCommit', [1]],
    ] as const) {
      const path = newPath();
      const { domain } = await life(path, { failpoint: { point, nth: 1 } });
      const died = new Promise<unknown>((resolve) => process.once('uncaughtException', resolve));
      domain.handle(place(1), () => expect.unreachable('nobody is told'));
      expect(await died).toBeInstanceOf(Died);
      expect([...(held(path)?.operations ?? [])].map(({ sequence }) => sequence)).toEqual(kept);
    }
  });

  it('knows a request again that another life, or another process, has done', async () => {
    const path = newPath();
    const first = await life(path, { idempotent: true });
    const answers = [await first.handle(place(1)), await first.handle(pay(2))];
    const other = await life(path, { idempotent: true, part: 1 });
    expect([await other.handle(place(1)), await other.handle(pay(2))]).toEqual(answers);
    expect(other.applied().map(({ sequence }) => sequence)).toEqual([1, 2]); // by the first
    // One begins with it while the other does it.
    const late = await life(path, { idempotent: true, part: 2, workTimeMs: 20 });
    const begun = late.handle(pay(3));
    expect(await first.handle(pay(3))).toEqual(await begun);
    expect(held(path)?.chargedCents).toBe(2_000);
    expect(late.applied().filter(({ sequence }) => sequence === 3)).toHaveLength(1);
  });

  it('owes what was handed over to an earlier life', async () => {
    const path = newPath();
    const first = await life(path, { workTimeMs: 60_000 });
    expect((await first.accept(place(1))).code).toBe('accepted');
    expect([held(path)?.operations.count, first.store.accepted()]).toEqual([0, [place(1)]]);
    const second = await life(path);
    await expect.poll(() => held(path)?.operations.count).toBe(1);
    expect(second.store.accepted()).toEqual([]);
  });

  it('holds k operations fewer when k rows are gone from it', async () => {
    const path = newPath();
    const { handle, store } = await life(path);
    await Promise.all(Array.from({ length: 20 }, (_, n) => handle(n % 2 === 0 ? place(n) : pay(n))));
    store.close();
    const database = new DatabaseSync(path);
    database.exec('DELETE FROM orders WHERE request IN (SELECT request FROM orders WHERE request IS NOT NULL LIMIT 3)');
    database.exec('DELETE FROM payments WHERE number <= 2');
    database.close();
    const state = held(path);
    expect([state?.operations.count, state?.chargedCents]).toEqual([15, 8_000]);
  });

  it('says what is wrong with a file that can’t be opened', async () => {
    const unreachable = join(folder, 'not', 'there');
    await expect(life(unreachable)).rejects.toThrow();
    const store = openStore('file', {
      statePath: unreachable,
      part: 0,
      population: { readable: 0, cancellable: 0 },
      beforeCommit: () => undefined,
    });
    await expect(store).rejects.toThrow(`its store ${unreachable} can't be used: unable to open database file`);
  });
});
