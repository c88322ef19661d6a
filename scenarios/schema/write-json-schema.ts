/** `npm run schema`: the JSON Schemas beside their definitions, for editors and for programs that read results. */
import { writeFileSync } from 'node:fs';
import { resultJsonSchemaPath, resultJsonSchemaText } from '../../result/schema/result-json-schema.ts';
import { jsonSchemaPath, jsonSchemaText } from './json-schema.ts';

for (const [path, text] of [
  [jsonSchemaPath, jsonSchemaText()],
  [resultJsonSchemaPath, resultJsonSchemaText()],
] as const) {
  writeFileSync(path, text);
  console.log(`wrote ${path}`);
}
