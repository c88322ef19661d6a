/** `npm run schema`: the JSON Schema beside the definition, for editors. */
import { writeFileSync } from 'node:fs';
import { jsonSchemaPath, jsonSchemaText } from './json-schema.ts';

writeFileSync(jsonSchemaPath, jsonSchemaText());
console.log(`wrote ${jsonSchemaPath}`);
