/** `docs/scenario-keys.md`: every key of a scenario as the schema describes it, a table for each object. */
import { fileURLToPath } from 'node:url';
import { jsonSchemaText } from './json-schema.ts';

export const keysPagePath = fileURLToPath(new URL('../../docs/scenario-keys.md', import.meta.url));

interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
}

/** An object of the scenario: where it stands, and what it holds. */
interface Section {
  readonly path: string;
  readonly node: SchemaNode;
}

/** What a choice between objects goes by. */
const discriminators = ['protocol', 'fault', 'model', 'broker'];
/** Beyond what any bound here is meant to be: zod's way of saying "an integer". */
const unbounded = Number.MAX_SAFE_INTEGER;

export function keysPage(): string {
  const root = JSON.parse(jsonSchemaText()) as SchemaNode;
  const sections: Section[] = [];
  collect(root, '', sections);
  const places = new Map<string, string[]>();
  for (const { path, node } of sections) {
    const table = tableOf(node);
    places.set(table, [...(places.get(table) ?? []), path === '' ? 'Top level' : `\`${path}\``]);
  }
  const parts = [...places].map(([table, [first, ...others]]) => {
    const also = others.length === 0 ? '' : `Also: ${others.join(', ')}.\n\n`;
    return `## ${first}\n\n${also}${table}`;
  });
  return `# Keys of a scenario

Written by \`npm run schema\` from the same definition that checks scenarios. What the parts are for: [scenario](scenario.md).
\`NAME\` stands for a name of yours. Bold keys must be given.

${parts.join('\n\n')}
`;
}

function collect(node: SchemaNode, path: string, sections: Section[]): void {
  if (node.properties !== undefined) {
    sections.push({ path, node });
    for (const [key, child] of Object.entries(node.properties))
      collect(child, path === '' ? key : `${path}.${key}`, sections);
    return;
  }
  const options = node.oneOf ?? node.anyOf ?? [];
  const seen = new Set<string>();
  for (const option of options) {
    const place = choicesOf(option)
      .map((choice) => `${path}${choice}`)
      .find((one) => !seen.has(one));
    if (place === undefined) continue;
    collect(option, place, sections);
    seen.add(place);
  }
  if (node.items !== undefined) collect(node.items, `${path}[]`, sections);
  if (typeof node.additionalProperties === 'object') collect(node.additionalProperties, `${path}.NAME`, sections);
}

/** How an option may be called, the shortest first. */
function choicesOf({ properties }: SchemaNode): string[] {
  const keys = discriminators.filter((name) => properties?.[name]?.const !== undefined);
  const texts = keys.map((key) => `${key}: ${String(properties?.[key]?.const)}`);
  return texts.length === 0 ? [''] : texts.map((_, length) => ` (${texts.slice(0, length + 1).join(', ')})`);
}

function tableOf({ properties = {}, required = [] }: SchemaNode): string {
  const rows = Object.entries(properties).map(([key, node]) => {
    const name = required.includes(key) && node.default === undefined ? `**\`${key}\`**` : `\`${key}\``;
    const preset = node.default === undefined ? '' : `\`${shown(node.default)}\``;
    return `| ${name} | ${kindOf(node)} | ${preset} | ${escaped(node.description ?? '')} |`;
  });
  return ['| key | value | default | |', '|---|---|---|---|', ...rows].join('\n');
}

function kindOf(node: SchemaNode): string {
  if (node.const !== undefined) return `\`${shown(node.const)}\``;
  if (node.enum !== undefined) return node.enum.map((value) => `\`${shown(value)}\``).join(', ');
  const options = node.oneOf ?? node.anyOf;
  if (options !== undefined) return [...new Set(options.map(kindOf))].join(', or ');
  if (node.examples !== undefined) return node.examples.map((value) => `\`${shown(value)}\``).join(', ');
  if (node.items !== undefined) return 'list';
  if (node.type === 'object') return node.properties === undefined ? 'by name' : 'object';
  const bounds = [
    node.minimum === undefined || node.minimum <= -unbounded ? '' : `from ${node.minimum}`,
    node.maximum === undefined || node.maximum >= unbounded ? '' : `to ${node.maximum}`,
  ];
  return [node.type ?? 'any', ...bounds].filter((word) => word !== '').join(' ');
}

function shown(value: unknown): string {
  return escaped(typeof value === 'string' ? value : JSON.stringify(value));
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
}
