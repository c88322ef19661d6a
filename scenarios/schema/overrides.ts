/** Settings of the command line that take the place of those in the file, put into the document before it is read. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  Pair,
  parseDocument,
  Scalar,
  visit,
  YAMLMap,
} from 'yaml';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { formatPath, type Problem } from './problem.ts';

export interface Override {
  /** How the user said it, e.g. `--set load.rate`; stands where a problem would name the file. */
  readonly label: string;
  readonly path: readonly string[];
  /** YAML. */
  readonly text: string;
}

export interface OverrideOptions {
  /** `path=value` each, e.g. `targets.grpc.engine=ghz`. */
  readonly set?: readonly string[] | undefined;
  readonly duration?: string | undefined;
  readonly rate?: string | undefined;
  readonly repeats?: number | string | undefined;
  readonly seed?: number | string | undefined;
}

const shortcuts = {
  duration: ['load', 'duration'],
  rate: ['load', 'rate'],
  repeats: ['repeats'],
  seed: ['workload', 'seed'],
} as const satisfies Record<Exclude<keyof OverrideOptions, 'set'>, readonly string[]>;

/** From the options of the command line; later ones win. Throws a BenchError (exit 2) for a `--set` without path or value. */
export function overridesFrom(options: OverrideOptions): Override[] {
  const overrides = (options.set ?? []).map(overrideFromText);
  for (const [name, path] of Object.entries(shortcuts)) {
    const value = options[name as keyof typeof shortcuts];
    if (value !== undefined) overrides.push({ label: `--${name}`, path, text: String(value) });
  }
  return overrides;
}

function overrideFromText(text: string): Override {
  const separator = text.indexOf('=');
  const path = text.slice(0, Math.max(0, separator)).split('.');
  if (separator === -1 || path.some((step) => step.trim() === '')) {
    throw new BenchError('commandLine', `--set ${text} is not of the form path=value`, {
      hint: 'For example: --set targets.rest.connections=16',
      exitCode: exitCodes.usage,
    });
  }
  return { label: `--set ${path.join('.')}`, path, text: text.slice(separator + 1) };
}

/** Nodes that came from the command line → label. */
export type OverrideLabels = WeakMap<Node, string>;

/** Changes the document; problems are those of the overrides alone. */
export function applyOverrides(
  document: Document,
  overrides: readonly Override[],
): { labels: OverrideLabels; problems: Problem[] } {
  const labels: OverrideLabels = new WeakMap();
  const problems: Problem[] = [];
  for (const { label, path, text } of overrides) {
    const problem = (message: string, suggestion?: string) => {
      problems.push({ file: label, line: 0, column: 0, path: '', message, ...(suggestion && { suggestion }) });
    };
    const parsed = parseDocument(text, { prettyErrors: false, stringKeys: true });
    const error = parsed.errors[0] ?? parsed.warnings[0];
    if (error !== undefined) {
      problem(`"${text}" is not YAML: ${error.message}`);
      continue;
    }
    const value = (parsed.contents as Node | null) ?? new Scalar(null);
    labels.set(value, label);
    if (!isMap(document.contents)) continue; // the document itself is wrong, and is reported as such
    const failure = place(document, path, value, labels, label);
    if (failure !== null) problem(failure.message, failure.suggestion);
  }
  return { labels, problems };
}

interface Failure {
  readonly message: string;
  readonly suggestion?: string;
}

function place(
  document: Document,
  path: readonly string[],
  value: Node,
  labels: OverrideLabels,
  label: string,
): Failure | null {
  let parent = document.contents as Node;
  for (const [depth, step] of path.entries()) {
    const slot = slotIn(parent, step, formatPath(path.slice(0, depth)));
    if ('message' in slot) return slot;
    if (depth === path.length - 1) {
      slot.replace(value);
      if (slot.node !== null) handOnAnchor(document, slot.node);
      return null;
    }
    const own = ownNode(document, slot);
    if (own === null) {
      parent = new YAMLMap();
      labels.set(parent, label);
      slot.replace(parent);
    } else parent = own;
  }
  return null;
}

/** Where a value stands in a list or a mapping. */
interface Slot {
  /** null where there is none yet. */
  readonly node: Node | null;
  replace(node: Node): void;
}

function slotIn(parent: Node, step: string, here: string): Slot | Failure {
  if (isSeq(parent)) {
    const { items } = parent;
    const index = /^\d+$/.test(step) ? Number(step) : -1;
    if (index < 0 || index >= items.length) {
      return { message: `${here} is a list of ${items.length}; "${step}" is not an index into it` };
    }
    const replace = (node: Node) => {
      items[index] = node;
    };
    return { node: items[index] as Node | null, replace };
  }
  if (!isMap(parent)) return { message: `${here} is a single value; it has no "${step}"` };
  const { items } = parent;
  const pair = items.find(({ key }) => isScalar(key) && String(key.value) === step);
  if (pair === undefined) return { node: null, replace: (node) => void items.push(new Pair(new Scalar(step), node)) };
  const replace = (node: Node) => {
    pair.value = node;
  };
  return { node: pair.value as Node | null, replace };
}

/** The node in the slot, shared with no other place of the document: a change belongs here only. null when empty. */
function ownNode(document: Document, slot: Slot): Node | null {
  const { node } = slot;
  if (node === null || (isScalar(node) && node.value === null)) return null;
  const isShared = isAlias(node) || ('anchor' in node && node.anchor !== undefined);
  if (!isShared) return node;
  const source = isAlias(node) ? node.resolve(document) : node;
  const copy = source?.clone() as Node | undefined;
  if (copy === undefined) return node; // an alias of nothing, which is reported when it is read
  if ('anchor' in copy) delete copy.anchor;
  slot.replace(copy);
  handOnAnchor(document, node);
  return copy;
}

/** An anchored node that has left its place goes to the first alias of it, so that the aliases keep their meaning. */
function handOnAnchor(document: Document, node: Node): void {
  const anchor = 'anchor' in node ? node.anchor : undefined;
  let found = false;
  visit(document, {
    Alias(_key, alias) {
      if (found) return visit.BREAK;
      if (alias.source !== anchor) return undefined;
      found = true;
      return node;
    },
  });
}
