import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { LoadPlan } from '../load/worker-messages.ts';
import { filesOf, withFiles } from './plan-files.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-plan-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, name);
  return path;
}

const tls = { ca: file('authority.pem'), cert: file('client.pem'), key: file('client-key.pem'), verify: true };
const recorded = file('arrivals');

function planOf(target: object): Pick<LoadPlan, 'load' | 'target'> {
  return { load: { model: 'open', recording: { path: recorded } }, target } as never;
}

it('what was recorded and what was made for the run travels, and an agent reads files of its own', () => {
  const plan = planOf({ name: 'rest', tls });
  const files = filesOf(plan, plan);
  expect(Object.entries(files).map(([path, bytes]) => [path, Buffer.from(bytes).toString()])).toEqual([
    [recorded, 'arrivals'],
    [tls.ca, 'authority.pem'],
    [tls.cert, 'client.pem'],
    [tls.key, 'client-key.pem'],
  ]);
  const there = new Map(Object.keys(files).map((path, n) => [path, `/agent/${n}`]));
  expect(withFiles(plan, there)).toEqual({
    load: { model: 'open', recording: { path: '/agent/0' } },
    target: { name: 'rest', tls: { ca: '/agent/1', cert: '/agent/2', key: '/agent/3', verify: true } },
  });
});

it('the key of an own system stays where it is', () => {
  const plan = planOf({ name: 'shop', address: 'https://shop.test', tls });
  expect(Object.keys(filesOf(plan, plan))).toEqual([recorded]);
});
