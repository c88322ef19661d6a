/** Values of the environment never leave the process in words: they are turned back into `${NAME}`. */
import { type Finding, formatPath, type Path } from './problem.ts';
import type { Interpolation } from './read-document.ts';

export interface Redaction {
  /** For messages, logs and file contents that are text. */
  redact(text: string): string;
  /** For the scenario as it is stored: the same shape, every string redacted. */
  redactPlan<Plan>(plan: Plan): Plan;
}

/**
 * Places that hold free text. Anywhere else a value is a number, a unit or one of a few words; replacing such a value
 * wherever it occurs would hide half of the result, and it shows as the setting that it is.
 */
export function isFreeText(path: Path): boolean {
  const [section, , key, part] = path;
  if (section === 'question' || section === 'allowHosts') return true;
  if (section === 'targets') return ['address', 'proto', 'requests', 'reply'].includes(String(key));
  return (
    section === 'workload' && path[1] === 'payloads' && (part === 'template' || part === 'file') && key !== undefined
  );
}

export function createRedaction(interpolations: readonly Interpolation[]): Redaction {
  const secret = interpolations.filter(({ path }) => isFreeText(path));
  const redact = redactorOf(secret);
  return {
    redact,
    redactPlan<Plan>(plan: Plan): Plan {
      const copy = redactStrings(plan, redact);
      for (const { path, text } of secret) replaceValue(copy, path, text);
      return copy as Plan;
    },
  };
}

function redactorOf(interpolations: readonly Interpolation[]): (text: string) => string {
  const names = new Map<string, string>();
  for (const { name, value } of interpolations.flatMap(({ variables }) => variables)) {
    for (const form of formsOf(value)) if (form !== '') names.set(form, name);
  }
  if (names.size === 0) return (text) => text;
  // Longest first: one value may hold another.
  const forms = [...names.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(forms.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
  return (text) => text.replace(pattern, (form) => `\${${names.get(form)}}`);
}

/** As it is, and as it may come back: in a URL, in JSON, in an authorization header. */
function formsOf(value: string): string[] {
  const forms = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
  if (value.length >= 4) forms.push(Buffer.from(value).toString('base64'));
  try {
    forms.push(decodeURIComponent(value));
  } catch {
    // A stray % is no encoding.
  }
  return forms;
}

function redactStrings(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactStrings(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, redactStrings(child, redact)]));
}

/** A number of the environment in a free message is as secret as text. */
function replaceValue(root: unknown, path: Path, text: string): void {
  let parent = root;
  for (const step of path.slice(0, -1)) {
    if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, step)) return;
    parent = (parent as Record<string | number, unknown>)[step];
  }
  const key = path.at(-1);
  if (typeof parent !== 'object' || parent === null || key === undefined || !Object.hasOwn(parent, key)) return;
  const holder = parent as Record<string | number, unknown>;
  if (typeof holder[key] !== 'string') holder[key] = text;
}

/** What is said about a value of the environment: what it quotes of it gives way to the text in the file. */
export function redactFinding(finding: Finding, interpolations: readonly Interpolation[]): Finding {
  const path = formatPath(finding.path);
  const interpolation = interpolations.find((one) => formatPath(one.path) === path);
  if (interpolation === undefined || finding.atKey) return finding;
  const quoted = finding.message.replace(/".*"/s, () => `"${interpolation.text}"`);
  return { ...finding, message: redactorOf([interpolation])(quoted), suggestion: undefined };
}
