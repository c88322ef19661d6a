/** The shapes of `result.json`, `comparison.json` and `decision.json` in the form that other programs read. */
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { comparisonSchema } from './comparison-schema.ts';
import { decisionSchema } from './decision-schema.ts';
import { runResultSchema } from './run-schema.ts';

export const resultJsonSchemaPath = fileURLToPath(new URL('result.schema.json', import.meta.url));
export const comparisonJsonSchemaPath = fileURLToPath(new URL('comparison.schema.json', import.meta.url));
export const decisionJsonSchemaPath = fileURLToPath(new URL('decision.schema.json', import.meta.url));

export function resultJsonSchemaText(): string {
  return jsonSchemaText(runResultSchema, 'result.json of Wirebench');
}

export function comparisonJsonSchemaText(): string {
  return jsonSchemaText(comparisonSchema, 'comparison.json of Wirebench');
}

export function decisionJsonSchemaText(): string {
  return jsonSchemaText(decisionSchema, 'decision.json of Wirebench');
}

function jsonSchemaText(shape: z.ZodType, title: string): string {
  // As input: nothing forbids what later versions add. Draft 7 is what most validators know.
  const schema = z.toJSONSchema(shape, { io: 'input', target: 'draft-07' });
  return `${JSON.stringify({ ...schema, title }, null, 2)}\n`;
}
