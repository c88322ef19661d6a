/** zod's issues in the words of a scenario's reader. */
import type { z } from 'zod';
import { closestName } from '../../result/closest-name.ts';
import type { Finding, Path } from './problem.ts';
import { reservedKeys } from './scenario-schema.ts';

export function findingsFromIssues(issues: readonly z.core.$ZodIssue[], raw: unknown): Finding[] {
  return issues.flatMap((issue) => findingsFrom(issue, raw));
}

/** The value at the path, undefined where there is none. */
export function valueAt(raw: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => {
    const inside = typeof value === 'object' && value !== null && Object.hasOwn(value, step);
    return inside ? (value as Record<string | number, unknown>)[step] : undefined;
  }, raw);
}

function findingsFrom(issue: z.core.$ZodIssue, raw: unknown): Finding[] {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(' '); // `object` in fields.ts puts them there
    return issue.keys.map((key) => unknownKey([...path, key], key, known));
  }
  if (issue.code === 'invalid_key') return [{ path, message: issue.issues[0]?.message ?? issue.message, atKey: true }];
  const value = valueAt(raw, path);
  if (value === undefined && path.length > 0) return [missing(issue, path)];
  switch (issue.code) {
    case 'invalid_type':
      return [{ path, message: wrongType(issue, value) }];
    case 'invalid_value':
      return [notOneOf(path, value, issue.values.map(String))];
    case 'invalid_union':
      // A union on a key says which values that key may have; others bring a message of their own.
      return (
        branchFindings(issue, raw) ??
        wordFindings(issue, value) ?? [
          optionsOf(issue) === undefined
            ? { path, message: unionMessage(issue, value) }
            : notOneOf(path, value, optionsOf(issue) ?? []),
        ]
      );
    case 'too_small':
    case 'too_big':
      return [{ path, message: outOfRange(issue) }];
    default: {
      const suggestion = issue.code === 'custom' ? issue.params?.suggestion : undefined;
      const message = issue.code === 'invalid_format' ? `${shown(value)} ${joined(issue.message)}` : issue.message;
      return [{ path, message, suggestion: typeof suggestion === 'string' ? suggestion : undefined }];
    }
  }
}

/** Where the value is of the one kind that may be a mapping, it is what is wrong within that tells. */
function branchFindings({ errors, path }: z.core.$ZodIssueInvalidUnion, raw: unknown): Finding[] | null {
  const within = errors.filter((issues) =>
    issues.every((one) => one.path.length > 0 || one.code === 'unrecognized_keys'),
  );
  const [only] = within;
  if (only === undefined || within.length > 1) return null;
  return findingsFromIssues(
    only.map((one) => ({ ...one, path: [...path, ...one.path] })),
    raw,
  );
}

/** A word where one of a few, or a mapping, may stand: it was meant to be one of the few. */
function wordFindings({ errors, message, path }: z.core.$ZodIssueInvalidUnion, value: unknown): Finding[] | null {
  if (typeof value !== 'string' || !message.startsWith('Invalid input')) return null;
  const words = errors.flat().flatMap((one) => (one.code === 'invalid_value' ? one.values.map(String) : []));
  return words.length === 0 ? null : [notOneOf(path as Path, value, words)];
}

/** The values of a union's telling key. */
function optionsOf(issue: z.core.$ZodIssueInvalidUnion): readonly string[] | undefined {
  if (!('options' in issue)) return undefined;
  return issue.options?.filter((option) => option !== undefined).map(String); // undefined: it may be left out
}

function unknownKey(path: Path, key: string, known: readonly string[]): Finding {
  if (key === 'stages' && path.length < 2)
    return { path, message: 'is not a key of the scenario itself: write it under load (load.stages)', atKey: true };
  if (reservedKeys.includes(key)) return { path, message: 'is not supported by this version', atKey: true };
  const meant = closestName(key, known);
  const suggestion = meant === null ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`;
  return { path, message: 'unknown key', suggestion, atKey: true };
}

function missing(issue: z.core.$ZodIssue, path: Path): Finding {
  const key = String(path.at(-1));
  const values =
    issue.code === 'invalid_union' ? optionsOf(issue) : issue.code === 'invalid_value' ? issue.values : undefined;
  const choices = values === undefined ? '' : `; one of ${values.join(', ')}`;
  return { path: path.slice(0, -1), message: `${key} is missing${choices}`, atKey: true };
}

const typeNames: Readonly<Record<string, string>> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function wrongType(issue: z.core.$ZodIssueInvalidType, value: unknown): string {
  // Messages of our own (a missing unit) begin otherwise.
  if (!issue.message.startsWith('Invalid input')) return `${shown(value)} ${issue.message}`;
  return `expected ${typeNames[issue.expected] ?? issue.expected}, not ${shown(value)}`;
}

function unionMessage(issue: z.core.$ZodIssueInvalidUnion, value: unknown): string {
  return issue.message.startsWith('Invalid input')
    ? `${shown(value)} does not fit`
    : `${issue.message}, not ${shown(value)}`;
}

function notOneOf(path: Path, value: unknown, values: readonly string[]): Finding {
  const meant = typeof value === 'string' ? closestName(value, values) : null;
  const message =
    values.length === 1
      ? `${shown(value)} is not supported; it can only be ${values[0]}`
      : `${shown(value)} is not one of ${values.join(', ')}`;
  return { path, message, suggestion: meant === null ? undefined : `did you mean ${meant}?` };
}

function outOfRange(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const isLeast = issue.code === 'too_small';
  const bound = String(isLeast ? issue.minimum : issue.maximum);
  const limit = issue.inclusive === false ? (isLeast ? 'more than' : 'less than') : isLeast ? 'at least' : 'at most';
  if (issue.origin === 'string') return `must have ${limit} ${bound} character${bound === '1' ? '' : 's'}`;
  if (issue.origin === 'array') return `must have ${limit} ${bound} entr${bound === '1' ? 'y' : 'ies'}`;
  return `must be ${limit} ${bound}`;
}

function joined(message: string): string {
  return /^(is|has|must|begins|needs) /.test(message) ? message : `is not right: ${message}`;
}

/** A value as it fits into a sentence: scalars as written, text in quotes (redaction goes by them), the rest by kind. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
