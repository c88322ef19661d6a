/** Clients and services of two versions over the real wires of all protocols: the table of docs/versions.md is what they did. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { changeNames } from './evolution/changes.ts';
import { evolutionTable } from './evolution/evolution-table.ts';
import { type Cell, playEvolution } from './evolution/play.ts';
import { type WireName, wires } from './evolution/wires.ts';
import { type SharedTestStack, sharedTestStack } from './stack/shared-test-stack.ts';

const page = join(import.meta.dirname, '..', 'docs', 'versions.md');
const table = /(?<=<!-- evolution -->\n\n)[\s\S]*?(?=\n\n<!-- \/evolution -->)/;

let stack: SharedTestStack;
let cells: Cell[];

beforeAll(async () => {
  stack = await sharedTestStack({ rabbitmq: true, kafka: true });
  const [rabbitmq, kafka] = (['rabbitmq', 'kafka'] as const).map((name) => stack.broker(name).directAddress);
  const brokers = { rabbitmq: rabbitmq as string, kafka: kafka as string };
  cells = (await Promise.all((Object.keys(wires) as WireName[]).map((wire) => playEvolution(wire, brokers)))).flat();
}, 120_000);

afterAll(() => stack.down());

it('plays every change both ways over five protocols, in JSON and protobuf, in gRPC in protobuf alone', () => {
  expect(cells).toHaveLength(changeNames.length * 2 * (4 * 3 + 1));
});

it('does what docs/versions.md says', () => {
  const measured = evolutionTable(cells);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(page, readFileSync(page, 'utf8').replace(table, measured));
  expect(table.exec(readFileSync(page, 'utf8'))?.[0]).toBe(measured);
});
