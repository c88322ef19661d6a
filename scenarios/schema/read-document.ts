/**
 * From YAML to plain values, each with its place in the text. Walks the tree itself: the library hands out cyclic
 * objects for self-referring aliases, and throws without a place on exploding ones.
 */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  Scalar,
  type YAMLMap,
} from 'yaml';
import type { OverrideLabels } from './overrides.ts';
import { exactInteger, isOfMessage, plainValue } from './plain-value.ts';
import type { Finding, Path } from './problem.ts';

/** Offsets into the text. */
export interface Place {
  readonly keyOffset: number;
  readonly valueOffset: number;
  /** Where the text of a plain or quoted string begins; null when it is not written there letter by letter. */
  readonly textOffset: number | null;
  /** Set by the command line, not in the file. */
  readonly label: string | undefined;
}

/** One string into which values of the environment were put. */
export interface Interpolation {
  readonly path: Path;
  /** As written. */
  readonly text: string;
  /** With the values put in. */
  readonly filled: string;
  readonly variables: readonly { readonly name: string; readonly value: string }[];
}

export interface ReadDocument {
  readonly value: unknown;
  readonly findings: readonly Finding[];
  /** Offsets of keys that their mapping has had before. */
  readonly duplicates: readonly number[];
  /** Keys `__proto__`: the definition passes over those of records without a word. */
  readonly protoKeys: readonly Path[];
  /** Values that could not be read: what is said about them further on is of no use. */
  readonly unreadable: readonly Path[];
  readonly interpolations: readonly Interpolation[];
  /** The place of a path, or of the nearest one around it. */
  placeOf(path: Path): Place;
  /** What was read there, through aliases and merge keys; undefined where there is nothing. */
  nodeAt(path: Path): Node | undefined;
}

const deepest = 64;
/** Nodes read through aliases, the repeated ones counted each time; a real scenario has a few hundred. */
const mostAliasedNodes = 10_000;

export function readDocument(
  document: Document,
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  labels: OverrideLabels,
): ReadDocument {
  const reader = new DocumentReader(text, env, labels);
  const value = reader.read(document.contents as Node | null, [], { keyOffset: 0, label: undefined });
  const { findings, duplicates, protoKeys, unreadable, interpolations, places, nodes } = reader;
  return {
    value,
    findings,
    duplicates,
    protoKeys,
    unreadable,
    interpolations,
    placeOf(path) {
      for (let length = path.length; length >= 0; length--) {
        const place = places.get(JSON.stringify(path.slice(0, length)));
        if (place !== undefined) return place;
      }
      return { keyOffset: 0, valueOffset: 0, textOffset: null, label: undefined };
    },
    nodeAt: (path) => nodes.get(JSON.stringify(path)),
  };
}

/** Keys of the document for what is referred to from elsewhere in it; they mean nothing themselves. */
export const extensionKey = /^x-/;

/** Mappings and lists within each other, the merged ones among them. */
const mostOpen = 2 * deepest;

/** Of one mapping or list: what compares them with each other takes seconds from here on. */
const mostEntries = 1_000;

/** `<<: *name` puts the keys of a mapping into the one around it. */
const mergeKey = '<<';

function isMergeKey({ key }: Pair): boolean {
  return isScalar(key) && key.value === mergeKey && key.type === Scalar.PLAIN;
}

interface Around {
  readonly keyOffset: number;
  readonly label: string | undefined;
  /** The outermost alias that led here. */
  readonly alias?: { readonly offset: number; readonly path: Path };
}

class DocumentReader {
  readonly findings: Finding[] = [];
  readonly duplicates: number[] = [];
  readonly protoKeys: Path[] = [];
  readonly unreadable: Path[] = [];
  readonly interpolations: Interpolation[] = [];
  readonly places = new Map<string, Place>();
  readonly nodes = new Map<string, Node>();
  readonly #text: string;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #labels: OverrideLabels;
  readonly #anchors = new Map<string, Node>();
  readonly #aliasSources = new Map<Node, Node | undefined>();
  readonly #open = new Set<Node>();
  #aliasedNodes = 0;

  constructor(text: string, env: Readonly<Record<string, string | undefined>>, labels: OverrideLabels) {
    this.#text = text;
    this.#env = env;
    this.#labels = labels;
  }

  read(node: Node | null, path: Path, around: Around): unknown {
    const label = (node === null ? undefined : this.#labels.get(node)) ?? around.label;
    const valueOffset = around.alias?.offset ?? node?.range?.[0] ?? around.keyOffset;
    const place = { keyOffset: around.keyOffset, valueOffset, textOffset: this.#textOffset(node, around), label };
    this.places.set(JSON.stringify(path), place);
    if (node === null) return null;
    if (path.length > deepest) return this.#refuse(path, 'is nested too deeply');
    if (around.alias !== undefined && ++this.#aliasedNodes > mostAliasedNodes) {
      if (this.#aliasedNodes === mostAliasedNodes + 1) {
        const { path } = around.alias;
        return this.#refuse(
          path,
          `its aliases stand for more than ${mostAliasedNodes} values; write them out, or fewer`,
        );
      }
      return undefined; // the first one says it for all
    }
    if (isAlias(node)) return this.#readAlias(node, path, { ...around, label });
    // Inside an alias the anchors are already known: reading them again would move them.
    if ('anchor' in node && typeof node.anchor === 'string' && around.alias === undefined) {
      this.#anchors.set(node.anchor, node);
    }
    this.nodes.set(JSON.stringify(path), node);
    if (isScalar(node)) return this.#readScalar(node, path);
    this.#open.add(node);
    const value = this.#readCollection(node, path, { ...around, label });
    this.#open.delete(node);
    return value;
  }

  #readAlias(node: Alias, path: Path, around: Around): unknown {
    const source = this.#sourceOf(node, path);
    if (source === undefined) return undefined;
    const alias = around.alias ?? { path, offset: node.range?.[0] ?? around.keyOffset };
    return this.read(source, path, { ...around, alias });
  }

  /** What an alias stands for; undefined when that was refused. */
  #sourceOf(node: Alias, path: Path): Node | undefined {
    // An anchor may be set again further down: an alias stands for the last one before it, wherever it is read from.
    if (!this.#aliasSources.has(node)) this.#aliasSources.set(node, this.#anchors.get(node.source));
    const source = this.#aliasSources.get(node);
    if (source === undefined)
      return this.#refuse(path, `*${node.source} stands for nothing: there is no &${node.source} before it`);
    return this.#open.has(source) ? this.#refuse(path, `*${node.source} refers to itself`) : source;
  }

  #readCollection(node: Node, path: Path, around: Around): unknown {
    const { length } = isSeq(node) || isMap(node) ? node.items : [];
    if (length > mostEntries) return this.#refuse(path, `has ${length} entries; ${mostEntries} at most can be read`);
    if (isSeq(node)) {
      return node.items.map((item, index) => {
        const child = item as Node | null;
        return this.read(child, [...path, index], { ...around, keyOffset: child?.range?.[0] ?? around.keyOffset });
      });
    }
    const object: Record<string, unknown> = {};
    if (isMap(node)) this.#readPairs(node, path, around, object);
    return object;
  }

  /** Keys that are written win over merged ones, and those of a mapping merged earlier over a later one's. */
  #readPairs(map: YAMLMap, path: Path, around: Around, object: Record<string, unknown>): void {
    const given = new Set(Object.keys(object));
    for (const pair of map.items) {
      if (isMergeKey(pair)) continue;
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      if (given.has(key)) continue;
      const keyRange = isScalar(pair.key) ? pair.key.range?.[0] : undefined;
      const keyOffset = around.alias?.offset ?? keyRange ?? around.keyOffset;
      if (Object.hasOwn(object, key) && around.alias === undefined) this.duplicates.push(keyOffset);
      const value = this.read(pair.value as Node | null, [...path, key], { ...around, keyOffset });
      if (path.length === 0 && extensionKey.test(key)) continue;
      if (key === '__proto__') this.protoKeys.push([...path, key]);
      // An assignment to __proto__ would change the object's nature instead of adding a key.
      Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
    }
    for (const pair of map.items) {
      if (isMergeKey(pair)) this.#merge(pair.value as Node | null, path, around, object);
    }
  }

  #merge(value: Node | null, path: Path, around: Around, object: Record<string, unknown>): void {
    const mergePath = [...path, mergeKey];
    const offset = around.alias?.offset ?? value?.range?.[0] ?? around.keyOffset;
    const place = { keyOffset: offset, valueOffset: offset, textOffset: null, label: around.label };
    this.places.set(JSON.stringify(mergePath), place);
    for (const item of isSeq(value) ? value.items : [value]) {
      const source = isAlias(item) ? this.#sourceOf(item, mergePath) : item;
      if (source === undefined) continue; // refused as an alias
      if (!isMap(source)) {
        this.#refuse(mergePath, 'merges a mapping, or a list of mappings, such as *name of one with &name');
        continue;
      }
      if (++this.#aliasedNodes > mostAliasedNodes || this.#open.size > mostOpen) {
        this.#refuse(mergePath, 'merges too much: mappings that merge others, many times over');
        return;
      }
      const alias = isAlias(item) ? { path: mergePath, offset: item.range?.[0] ?? offset } : undefined;
      this.#open.add(source);
      this.#readPairs(
        source,
        path,
        { ...around, ...((around.alias ?? alias) && { alias: around.alias ?? alias }) },
        object,
      );
      this.#open.delete(source);
    }
  }

  #readScalar(node: Scalar, path: Path): unknown {
    const { value } = node;
    if (typeof value === 'number' && isOfMessage(path)) return exactInteger(node, value);
    if (typeof value !== 'string' || !value.includes('${')) return value;
    const variables: { name: string; value: string }[] = [];
    let failed = false;
    let hasDefaults = false;
    // `${NAME:-default}` as in a shell: where NAME is not set, or empty.
    const pattern = /\$\$\{|\$\{(\w+)(?::-([^{}]*))?\}|\$\{/g;
    const text = value.replace(pattern, (match, name?: string, fallback?: string, offset = 0) => {
      if (match === '$${') return '${';
      const found = name === undefined || !Object.hasOwn(this.#env, name) ? undefined : this.#env[name];
      if (fallback !== undefined && (found ?? '') === '') {
        hasDefaults = true; // it stands in the scenario: no secret
        return fallback;
      }
      if (name !== undefined && found !== undefined) {
        variables.push({ name, value: found });
        return found;
      }
      failed = true;
      const message =
        name === undefined
          ? 'has a ${ without a name and its closing brace; write $${ for a plain one'
          : `the environment variable ${name} is not set`;
      this.findings.push({ path, message, offset });
      return match;
    });
    if (failed) return this.#skip(path);
    if (variables.length > 0 || hasDefaults) this.interpolations.push({ path, text: value, filled: text, variables });
    if (isOfMessage(path) && /^-?\d{16,}$/.test(text)) return text;
    return node.type === Scalar.PLAIN ? plainValue(text) : text;
  }

  #textOffset(node: Node | null, around: Around): number | null {
    if (!isScalar(node) || typeof node.value !== 'string' || !node.range || around.alias !== undefined) return null;
    const start = node.range[0] + (node.type === Scalar.PLAIN ? 0 : 1);
    return this.#text.startsWith(node.value, start) ? start : null;
  }

  #refuse(path: Path, message: string): undefined {
    this.findings.push({ path, message });
    return this.#skip(path);
  }

  #skip(path: Path): undefined {
    this.unreadable.push(path);
    return undefined;
  }
}
