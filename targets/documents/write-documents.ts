/** `npm run documents`: docs/api, from what the services are made of. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentFiles, documentFolder, documentText } from './document-files.ts';

mkdirSync(documentFolder, { recursive: true });
for (const { name, document } of documentFiles()) writeFileSync(join(documentFolder, name), documentText(document));
