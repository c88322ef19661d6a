/** The scenario's definition in the form that editors read. */
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { scenarioFileSchema } from './scenario-schema.ts';

export const jsonSchemaPath = fileURLToPath(new URL('scenario.schema.json', import.meta.url));

export function jsonSchemaText(): string {
  // Draft 7 is what the common YAML language server knows best.
  const schema = z.toJSONSchema(scenarioFileSchema, { io: 'input', target: 'draft-07' });
  return `${JSON.stringify(schema, null, 2)}\n`;
}
