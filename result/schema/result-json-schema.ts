/** The shape of `result.json` in the form that other programs read. */
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { runResultSchema } from './run-schema.ts';

export const resultJsonSchemaPath = fileURLToPath(new URL('result.schema.json', import.meta.url));

export function resultJsonSchemaText(): string {
  // As input: nothing forbids what later versions add. Draft 7 is what most validators know.
  const schema = z.toJSONSchema(runResultSchema, { io: 'input', target: 'draft-07' });
  return `${JSON.stringify({ ...schema, title: 'result.json of Wirebench' }, null, 2)}\n`;
}
