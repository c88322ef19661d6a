import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { latencyNames, phaseNames } from '../result-names.ts';
import { resultJsonSchemaPath, resultJsonSchemaText } from './result-json-schema.ts';
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
