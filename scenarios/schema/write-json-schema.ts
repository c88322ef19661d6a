/** `npm run schema`: the JSON Schemas beside their definitions, and the page of the scenario's keys. */
import { writeFileSync } from 'node:fs';
import {
  comparisonJsonSchemaPath,
  comparisonJsonSchemaText,
  decisionJsonSchemaPath,
  decisionJsonSchemaText,
  resultJsonSchemaPath,
  resultJsonSchemaText,
} from '../../result/schema/result-json-schema.ts';
import { jsonSchemaPath, jsonSchemaText } from './json-schema.ts';
import { keysPage, keysPagePath } from './keys-page.ts';

for (const [path, text] of [
  [jsonSchemaPath, jsonSchemaText()],
  [resultJsonSchemaPath, resultJsonSchemaText()],
  [comparisonJsonSchemaPath, comparisonJsonSchemaText()],
  [decisionJsonSchemaPath, decisionJsonSchemaText()],
  [keysPagePath, keysPage()],
] as const) {
  writeFileSync(path, text);
  console.log(`wrote ${path}`);
}
