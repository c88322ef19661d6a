import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { jsonSchemaPath, jsonSchemaText } from './json-schema.ts';
import { keysPage, keysPagePath } from './keys-page.ts';

interface SchemaNode {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | boolean;
  readonly oneOf?: readonly SchemaNode[];
  readonly items?: SchemaNode;
}

const schema = JSON.parse(readFileSync(jsonSchemaPath, 'utf8')) as SchemaNode;
const folder = join(import.meta.dirname, '..');

describe('the JSON Schema', () => {
  it('is current: `npm run schema` writes it', () => {
    expect(readFileSync(jsonSchemaPath, 'utf8')).toBe(jsonSchemaText());
  });

  it('is what the page of keys was written from: `npm run schema` writes it', () => {
    expect(readFileSync(keysPagePath, 'utf8')).toBe(keysPage());
  });

  it('describes every setting', () => {
    const bare: string[] = [];
    walk(schema, [], (node, path) => {
      if (node.description === undefined) bare.push(path.join('.'));
    });
    expect(bare).toEqual([]);
  });

  it('states the default of every setting that may be left out, or what its absence means', () => {
    const silent: string[] = [];
    walk(schema, [], (node, path, required) => {
      if (!required && node.default === undefined && !/Default|Left out|left out/.test(node.description ?? ''))
        silent.push(path.join('.'));
    });
    // Settings that simply are not there unless given.
    const plain =
      /(question|primary|payload|size|template|file|requests|proto|reply|key)$|^targets\.\*\.\d(\.\d)?\.resilience/;
    expect(silent.filter((path) => !plain.test(path))).toEqual([]);
  });

  it('accepts the shipped scenarios and refuses what the parser refuses', () => {
    const check = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.yaml'))) {
      expect(check.safeParse(parse(readFileSync(join(folder, name), 'utf8'))).error).toBeUndefined();
    }
    const good = parse(readFileSync(join(folder, 'order-flow.yaml'), 'utf8')) as Record<string, unknown>;
    const bad = [
      { ...good, zzz: 1 },
      { ...good, load: { model: 'open', rate: '500' } },
      { ...good, targets: { a: { protocol: 'x' } } },
    ];
    for (const one of bad) expect(check.safeParse(one).success).toBe(false);
  });
});

function walk(
  node: SchemaNode,
  path: string[],
  visit: (node: SchemaNode, path: string[], required: boolean) => void,
): void {
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    visit(child, [...path, key], node.required?.includes(key) ?? false);
    walk(child, [...path, key], visit);
  }
  node.oneOf?.forEach((option, index) => void walk(option, [...path, String(index)], visit));
  if (typeof node.additionalProperties === 'object') walk(node.additionalProperties, [...path, '*'], visit);
  if (node.items !== undefined) walk(node.items, [...path, '[]'], visit);
}
