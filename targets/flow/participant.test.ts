import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { EvidenceWriter } from '../domain/evidence.ts';
import { Failpoint } from '../domain/failpoint.ts';
import { openDatabase } from '../domain/order-database.ts';
import { FlowBehaviour } from './flow-behaviour.ts';
import { FlowStore } from './flow-store.ts';
import { Participant, type StepRequest } from './participant.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-participant-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('gives the money back to whom it took it from, also where who undoes it knows no more than the order', async () => {
  const path = join(folder, 'payment.sqlite');
  const store = new FlowStore(path, () => undefined);
  const evidence = new EvidenceWriter(join(folder, 'payment.evidence'));
  const participant = new Participant({
    ...{ step: 'payment', refuse: 0, idempotent: true, store, evidence },
    behaviour: new FlowBehaviour({ workTimeMs: 0, rejectRatio: 0 }),
    failpoint: new Failpoint(evidence),
  });
  const take = (request: StepRequest, undoes: boolean) =>
    new Promise((done) => participant.take(request, undoes, ({ outcome }) => done(outcome)));
  const id = (n: number) => `c0117ac7-0000-000000000${n}`;
  expect(await take({ id: id(0), key: 'ann' }, false)).toBe('done');
  expect(await take({ id: id(1), key: 'bob' }, false)).toBe('done');
  expect(await take({ id: id(0), key: '' }, true)).toBe('undone');
  expect(await take({ id: id(0), key: id(0) }, true)).toBe('undone');
  store.close();
  evidence.close();
  const database = openDatabase(path);
  const balances = database.prepare('SELECT account, sum(cents) AS cents FROM payments GROUP BY account').all();
  database.close();
  expect(balances.map(({ account, cents }) => [account, cents])).toEqual([
    ['ann', 0],
    ['bob', 1_000],
  ]);
});
