/** The scenario's definition in the form that editors read. */
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { extensionKey } from './read-document.ts';
import { scenarioFileSchema } from './scenario-schema.ts';

export const jsonSchemaPath = fileURLToPath(new URL('scenario.schema.json', import.meta.url));

export function jsonSchemaText(): string {
  // Draft 7 is what the common YAML language server knows best.
  const schema = z.toJSONSchema(scenarioFileSchema, { io: 'input', target: 'draft-07' });
  const extensions = {
    [extensionKey.source]: { description: 'For anchors that other keys refer to; not read itself.' },
  };
  return `${JSON.stringify({ ...schema, patternProperties: extensions }, null, 2)}\n`;
}
