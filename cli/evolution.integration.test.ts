/** Clients and services of two versions over the wires of all protocols; the tables of docs/versions.md are what they did. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { markdownTable } from '../reports/exchange/markdown-text.ts';
import { evolutionTables } from '../reports/tables/evolution-tables.ts';
import { schemaChanges } from '../result/evolution-names.ts';
import { runResultSchema } from '../result/schema/run-schema.ts';
import { type PlayedEvolution, playEvolution } from '../runners/play-evolution.ts';
import { type SharedTestStack, sharedTestStack } from '../targets/stack/shared-test-stack.ts';
import { withAdmin } from '../targets/stream/create-topics.ts';
import { benchRig } from './bench-rig.ts';

const page = join(import.meta.dirname, '..', 'docs', 'versions.md');
const tables = /(?<=<!-- evolution -->\n\n)[\s\S]*?(?=\n\n<!-- \/evolution -->)/;
const never = new AbortController().signal;
const rig = benchRig('evolution');

describe('over five protocols', () => {
  const targets = [
    { protocol: 'rest' },
    { protocol: 'grpc' },
    { protocol: 'websocket' },
    { protocol: 'queue', broker: 'rabbitmq' },
    { protocol: 'stream', broker: 'kafka' },
  ] as const;
  let stack: SharedTestStack;
  let played: PlayedEvolution;

  beforeAll(async () => {
    stack = await sharedTestStack({ rabbitmq: true, kafka: true });
    played = await playEvolution(schemaChanges, targets, stack, never);
  }, 120_000);

  afterAll(() => stack.down());

  it('every change is played both ways, in JSON and protobuf, in gRPC in protobuf alone', () => {
    expect(played.warnings).toEqual([]);
    expect(played.evolution.cells).toHaveLength(schemaChanges.length * 2 * (4 * 3 + 1));
  });

  it('docs/versions.md says what came of it', () => {
    const measured = evolutionTables(played).map(markdownTable).join('\n\n');
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(page, readFileSync(page, 'utf8').replace(tables, measured));
    expect(tables.exec(readFileSync(page, 'utf8'))?.[0]).toBe(measured);
  });

  it('nothing of it stays in the broker', async () => {
    const admin = { clientId: 'looks', bootstrapBrokers: [stack.broker('kafka').directAddress] };
    const left = async () => {
      const topics = await withAdmin(admin, (one) => one.listTopics());
      return topics.filter((topic) => topic.includes('evolution'));
    };
    // The wire waits a moment for the broker, which goes on by itself.
    await expect.poll(left, { timeout: 20_000 }).toEqual([]);
  });

  it('a wire that fails has no cells, and a warning; the others have theirs', async () => {
    const kafka = { ...stack.broker('kafka'), directAddress: '127.0.0.1:1' };
    const { evolution, warnings } = await playEvolution(
      ['fieldAdded'],
      [{ protocol: 'rest' }, { protocol: 'stream', broker: 'kafka' }],
      { ...stack, brokers: { kafka } },
      never,
    );
    expect(new Set(evolution.cells.map(({ wire }) => wire))).toEqual(new Set(['rest']));
    expect(evolution.wires.map(({ wire }) => wire)).toEqual(['rest', 'kafka']);
    expect(warnings).toMatchObject([{ code: 'evolutionFailed', message: expect.stringContaining('over kafka: ') }]);
  }, 60_000);
});

it('a run plays the changes of its scenario over the wires of its targets, stores and prints them', async () => {
  const { result, stdout, stderr } = await rig.play(`name: evolution
workload: { operations: { placeOrder: {} } }
load: { model: open, rate: 50/s, warmup: 0s, duration: 500ms }
evolution: [fieldWidened, fieldRenamed]
targets: { rest: { protocol: rest, via: direct }, other: { protocol: rest, via: direct }, grpc: { protocol: grpc, via: direct } }
`);
  const { evolution } = runResultSchema.parse(result);
  expect(evolution?.wires.map(({ wire }) => wire)).toEqual(['rest', 'grpc']);
  expect(evolution?.cells).toHaveLength(2 * 2 * (3 + 1));
  expect(evolution?.cells).toContainEqual({
    ...{ change: 'fieldWidened', format: 'protobuf', wire: 'grpc', client: 'old' },
    ...{ request: 'reads', answer: 'silentlyWrong' },
  });
  expect(stderr).toMatch(/evolution: clients and services of two versions, 16 pairs in \d+\.\d s/);
  expect(stdout).toMatch(/field widened +protobuf +all 2 +reads +silently wrong/);
  expect(stdout).toMatch(/field renamed +JSON, checked +rest +refused +–/);
  expect(stdout).not.toContain('enum value added');
}, 60_000);
