/** Settings of the command line that take the place of those in the file, put into the document before it is read. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, Pair, parseDocument, Scalar, YAMLMap } from 'yaml';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { closestName } from '../../result/closest-name.ts';
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
    const last = depth === path.length - 1;
    const here = formatPath(path.slice(0, depth));
    if (isSeq(parent)) {
      const index = /^\d+$/.test(step) ? Number(step) : -1;
      if (index < 0 || index >= parent.items.length) {
        return { message: `${here} is a list of ${parent.items.length}; "${step}" is not an index into it` };
      }
      if (last) parent.items[index] = value;
      else
        parent = ownChild(document, parent.items[index], (node) => {
          (parent as { items: unknown[] }).items[index] = node;
        });
    } else if (isMap(parent)) {
      const map: YAMLMap = parent;
      const pair = map.items.find(({ key }) => isScalar(key) && String(key.value) === step);
      if (pair === undefined) {
        const created = last ? value : new YAMLMap();
        if (!last) labels.set(created, label);
        map.items.push(new Pair(new Scalar(step), created));
        parent = created;
      } else if (last) pair.value = value;
      else
        parent = ownChild(
          document,
          pair.value,
          (node) => {
            pair.value = node;
          },
          labels,
          label,
        );
    } else {
      return { message: `${here} is a single value; it has no "${step}"` };
    }
  }
  return null;
}

/** The node to go on in. An alias gives way to a copy, so that the change stays here; an empty value to a mapping. */
function ownChild(
  document: Document,
  child: unknown,
  replace: (node: Node) => void,
  labels?: OverrideLabels,
  label?: string,
): Node {
  if (isAlias(child)) {
    const copy = child.resolve(document)?.clone() as Node | undefined;
    if (copy === undefined) return child;
    if ('anchor' in copy) delete copy.anchor;
    replace(copy);
    return copy;
  }
  if (child === null || (isScalar(child) && child.value === null)) {
    const map = new YAMLMap();
    if (labels && label !== undefined) labels.set(map, label);
    replace(map);
    return map;
  }
  return child as Node;
}

/** For options that name things: throws a BenchError (exit 2) for the first that is not known. */
export function requireKnown(option: string, names: readonly string[], known: readonly string[]): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    const meant = closestName(name, known);
    throw new BenchError('commandLine', `${option} ${name}: the scenario has no such ${option.replace(/^--/, '')}`, {
      hint: `${meant === null ? '' : `Did you mean ${meant}? `}It has: ${known.join(', ')}.`,
      exitCode: exitCodes.usage,
    });
  }
}
