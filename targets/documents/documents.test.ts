/** The documents of all services: well made by their formats' own tools, and the files in docs/api what the services say. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Parser } from '@asyncapi/parser';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, it } from 'vitest';
import { documentFiles, documentFolder, documentText } from './document-files.ts';

describe.each(documentFiles())('$name', ({ name, document }) => {
  it('is what `npm run documents` has written', () => {
    expect(readFileSync(join(documentFolder, name), 'utf8')).toBe(documentText(document));
  });

  it('has nothing for its format’s own tool to complain of', async () => {
    expect(await ('openapi' in document ? openApiProblems : asyncApiProblems)(documentText(document))).toEqual([]);
  });
});

it('has no file that nobody writes any more', () => {
  expect(readdirSync(documentFolder).sort()).toEqual(
    documentFiles()
      .map(({ name }) => name)
      .sort(),
  );
});

/** By the recommended rules. */
async function openApiProblems(source: string): Promise<readonly string[]> {
  const config = await createConfig({ extends: ['recommended'] });
  const problems = await lintFromString({ source, config });
  return problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`);
}

/** 3.0 is what most tools read; that there is a newer one is no fault. */
const notAFault = 'asyncapi-latest-version';

async function asyncApiProblems(source: string): Promise<readonly string[]> {
  const { document, diagnostics } = await new Parser().parse(source);
  if (document === undefined) return ['it cannot be parsed', ...diagnostics.map(({ message }) => message)];
  const faults = diagnostics.filter(({ code }) => code !== notAFault);
  return faults.map(({ code, message, path }) => `${code}: ${message} ${path.join('/')}`);
}
