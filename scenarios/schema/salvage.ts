/**
 * What is right in a faulty scenario: so that one look finds the problems between its parts as well as those within
 * them. Takes out whatever an issue points at (defaults take its place), or what holds it where it is required.
 */
import type { z } from 'zod';
import { valueAt } from './issue-findings.ts';
import type { Path } from './problem.ts';
import { type PartialFile, partialFileSchema } from './scenario-schema.ts';

export interface Salvaged {
  readonly file: PartialFile;
  /** Index in the text of the n-th entry that is left of the list at this path. */
  originalIndex(path: Path, index: number): number;
}

/** Each round takes out something or ends; a scenario is far less deep. */
const mostRounds = 100;

export function salvage(raw: unknown): Salvaged | null {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return null;
  const copy: unknown = structuredClone(raw);
  const kept = new Map<string, number[]>();
  for (let round = 0; round < mostRounds; round++) {
    const parsed = partialFileSchema.safeParse(copy);
    if (parsed.success) {
      const originalIndex = (path: Path, index: number) => kept.get(JSON.stringify(path))?.[index] ?? index;
      return { file: parsed.data, originalIndex };
    }
    for (const path of faultyPaths(parsed.error.issues, copy)) remove(copy, path, kept);
  }
  return null;
}

/** Each once, none below another, and the last entries of a list first: so indexes stay right while entries go. */
function faultyPaths(issues: readonly z.core.$ZodIssue[], copy: unknown): Path[] {
  const paths = issues.flatMap((issue): Path[] => {
    const path = issue.path as Path;
    const faulty = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
    return faulty.map((one) => (valueAt(copy, one) === undefined ? one.slice(0, -1) : one));
  });
  const unique = new Map(paths.map((path) => [JSON.stringify(path), path]));
  const isBelowAnother = (path: Path) => path.some((_, length) => unique.has(JSON.stringify(path.slice(0, length))));
  return [...unique.values()].filter((path) => !isBelowAnother(path)).reverse();
}

function remove(root: unknown, path: Path, kept: Map<string, number[]>): void {
  const key = path.at(-1);
  const parentPath = path.slice(0, -1);
  const parent = valueAt(root, parentPath);
  if (key === undefined || typeof parent !== 'object' || parent === null) return;
  if (!Array.isArray(parent)) {
    delete (parent as Record<string, unknown>)[key];
    return;
  }
  const name = JSON.stringify(parentPath);
  const indexes = kept.get(name) ?? parent.map((_, index) => index);
  kept.set(name, indexes);
  parent.splice(Number(key), 1);
  indexes.splice(Number(key), 1);
}
