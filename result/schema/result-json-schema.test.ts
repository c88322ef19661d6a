import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compareRuns } from '../compare/compare-runs.ts';
import { parseGate } from '../compare/comparison-gates.ts';
import { decide } from '../decide/decide.ts';
import { readRequirements } from '../decide/requirements.ts';
import { comparedRun } from '../fixtures/compared-run.ts';
import { latencyNames, phaseNames } from '../result-names.ts';
import { comparisonSchema } from './comparison-schema.ts';
import {
  comparisonJsonSchemaPath,
  comparisonJsonSchemaText,
  decisionJsonSchemaPath,
  decisionJsonSchemaText,
  resultJsonSchemaPath,
  resultJsonSchemaText,
} from './result-json-schema.ts';
import { runResultSchema } from './run-schema.ts';

const stored = readFileSync(resultJsonSchemaPath, 'utf8');

describe('the JSON Schema of a result', () => {
  it('is current: `npm run schema` writes it', () => {
    expect(stored).toBe(resultJsonSchemaText());
  });

  it('names every part that the types name, and forbids nothing that later versions add', () => {
    const { definitions, properties } = JSON.parse(stored);
    expect(Object.keys(properties)).toEqual(Object.keys(runResultSchema.shape));
    expect(Object.keys(definitions.Trial.properties.phases.properties)).toEqual([...phaseNames]);
    expect(Object.keys(definitions.LatencySummaries.properties)).toEqual([...latencyNames]);
    expect(stored).not.toContain('"additionalProperties": false');
  });

  it('says what is absent in results of earlier versions by not requiring it', () => {
    const { definitions } = JSON.parse(stored);
    for (const name of ['backlog', 'payments', 'memory', 'warmup', 'blocks']) {
      expect(Object.keys(definitions.Trial.properties)).toContain(name);
      expect(definitions.Trial.required).not.toContain(name);
    }
    for (const name of ['ledger', 'phases', 'verdict']) expect(definitions.Trial.required).toContain(name);
  });

  it('refuses what the reader refuses', () => {
    const check = z.fromJSONSchema(JSON.parse(stored));
    for (const bad of [{}, [], { schemaVersion: 2 }, null]) {
      expect(check.safeParse(bad).success).toBe(false);
      expect(runResultSchema.safeParse(bad).success).toBe(false);
    }
  });
});

describe('the JSON Schema of a comparison', () => {
  const schema = readFileSync(comparisonJsonSchemaPath, 'utf8');

  it('is current: `npm run schema` writes it; it forbids nothing that later versions add', () => {
    expect(schema).toBe(comparisonJsonSchemaText());
    expect(schema).not.toContain('"additionalProperties": false');
    expect(JSON.parse(schema).required).not.toContain('curves');
  });

  it('takes what a comparison is, with all that it can hold, and nothing less', () => {
    const shapes = [1, 2, 3].map((repeat) => ({ repeat, p99: 4_000 * repeat, lost: repeat }));
    const invalid = { status: 'invalid' as const, reasons: [] };
    const more = [...shapes, { repeat: 4, p99: null, verdict: invalid }, { repeat: 4, p99: null, target: 'grpc' }];
    const compared = compareRuns(
      { name: 'a', result: comparedRun('a', shapes) },
      [{ name: 'b', result: comparedRun('b', more), settings: ['load.rate=1'] }],
      { ...{ minEffect: 0.05, metrics: [], isForced: false }, gates: [parseGate('p99 > +10%')] },
    );
    const written = JSON.parse(JSON.stringify({ ...compared, curves: [] }));
    for (const part of ['rows', 'counts', 'leftOut', 'onlyOneHas', 'gates', 'warnings'] as const) {
      expect(written[part], part).not.toEqual([]);
    }
    const check = z.fromJSONSchema(JSON.parse(schema));
    expect(check.safeParse(written).error).toBeUndefined();
    expect(comparisonSchema.parse(written)).toEqual(written);
    for (const key of JSON.parse(schema).required)
      expect(check.safeParse({ ...written, [key]: {} }).success).toBe(false);
  });
});

describe('the JSON Schema of a decision', () => {
  const schema = readFileSync(decisionJsonSchemaPath, 'utf8');

  it('is current: `npm run schema` writes it; it forbids nothing that later versions add', () => {
    expect(schema).toBe(decisionJsonSchemaText());
    expect(schema).not.toContain('"additionalProperties": false');
  });

  it('takes what a decision is, and nothing less', () => {
    const shapes = [1, 2, 3].map((repeat) => ({ repeat, p99: 4_000 * repeat }));
    const invalid = { status: 'invalid' as const, reasons: [] };
    const run = comparedRun('a', [...shapes, { repeat: 4, p99: null, verdict: invalid }]);
    const words = { latency: ['1s'], survive: ['broker'], lose: 'nothing', order: 'per-key', stale: '1s' };
    const requirements = readRequirements({ ...words, failed: '0%', risk: '50%' }, () => []);
    const written = JSON.parse(JSON.stringify(decide([{ name: 'a', result: run }], requirements, () => [])));
    for (const part of ['requirements', 'sources', 'groups', 'leftOut'] as const) expect(written[part]).not.toEqual([]);
    const check = z.fromJSONSchema(JSON.parse(schema));
    expect(check.safeParse(written).error).toBeUndefined();
    for (const key of JSON.parse(schema).required)
      expect(check.safeParse({ ...written, [key]: {} }).success).toBe(false);
  });
});
