/** Values of the environment never leave the process in words: they are turned back into `${NAME}`. */
import { type Finding, formatPath, type Path } from './problem.ts';
import type { Interpolation } from './read-document.ts';

export interface Redaction {
  /** For messages, logs and file contents that are text. */
  redact(text: string): string;
  /** For the scenario as it is stored: the same shape, every string redacted. */
  redactPlan<Plan>(plan: Plan): Plan;
  /**
   * For whatever is printed or stored of a run, since what it meets may quote what it was sent. Values of fewer than four
   * characters and those that the scenario spells out by itself are no secrets there.
   */
  redactOutput(text: string): string;
  /** The same for a result or an event: every string in it, and what keys quote. */
  redactRecord<Record>(record: Record): Record;
}

/**
 * Places that hold free text. Anywhere else a value is a number, a unit or one of a few words; replacing such a value
 * wherever it occurs would hide half of the result, and it shows as the setting that it is.
 */
function isFreeText(path: Path): boolean {
  const [section, , key, part] = path;
  if (section === 'sweep') return isFreeSetting(sweptSetting(path));
  if (section === 'question' || section === 'allowHosts') return true;
  if (section === 'targets') return isFreeSetting(String(key));
  if (formatPath(path) === 'load.arrivals.file') return true;
  return (
    section === 'workload' && path[1] === 'payloads' && (part === 'template' || part === 'file') && key !== undefined
  );
}

/** `setting` is its path within a target. */
export function isFreeSetting(setting: string): boolean {
  return freeSettings.includes(setting.split('.', 1)[0] ?? '');
}

const freeSettings = [
  ...['address', 'proto', 'requests', 'reply', 'settled', 'events', 'tls', 'watch'],
  ...['user', 'password', 'vhost', 'sasl'],
  ...['region', 'accessKeyId', 'secretAccessKey', 'sessionToken'],
  ...['headers', 'subprotocol', 'onOpen', 'ignore'],
];

function sweptSetting(path: Path): string {
  const kind = path.findIndex((step) => step === 'grid' || step === 'list' || step === 'skip');
  return String(path.slice(kind + 1).find((step) => typeof step === 'string') ?? '');
}

/** A value of fewer characters occurs in any text. */
const leastSecret = 4;

/** `spelled`: what the scenario says without the environment, keys and values. */
export function createRedaction(
  interpolations: readonly Interpolation[],
  spelled: ReadonlySet<string> = new Set(),
): Redaction {
  const secret = interpolations.filter(({ path }) => isFreeText(path));
  const redact = redactorOf(secret);
  const redactOutput = redactorOf(secret, (value) => value.length >= leastSecret && !spelled.has(value));
  return {
    redact,
    redactOutput,
    redactRecord: (record) => redactStrings(record, redactOutput, redactOutput) as typeof record,
    redactPlan<Plan>(plan: Plan): Plan {
      const copy = redactStrings(plan, redact);
      for (const { path, text } of secret) replaceValue(copy, path, text);
      return copy as Plan;
    },
  };
}

function redactorOf(
  interpolations: readonly Interpolation[],
  isMeant: (value: string) => boolean = () => true,
): (text: string) => string {
  const names = new Map<string, string>();
  for (const { name, value } of interpolations.flatMap(({ variables }) => variables)) {
    if (!isMeant(value)) continue;
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
  const forms = [value, percentEncoded(value), JSON.stringify(value).slice(1, -1)];
  forms.push(
    percentEncoded(value).replace(/%../g, (code) => code.toLowerCase()),
    inUrl(value),
  );
  if (value.length >= leastSecret) forms.push(value.toLowerCase(), ...base64Forms(value));
  try {
    forms.push(decodeURIComponent(value));
  } catch {
    // A stray % is no encoding.
  }
  return forms;
}

/** A lone half of a surrogate pair has no such form. */
function percentEncoded(value: string): string {
  return value.isWellFormed() ? encodeURIComponent(value) : value;
}

/** As the user of a URL: by other rules than those of a parameter. */
function inUrl(value: string): string {
  const url = new URL('http://host');
  url.username = value;
  return url.username;
}

/** By itself, and within a longer text such as `user:password`: what each of the three alignments leaves of it. */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value);
  const whole = bytes.toString('base64');
  const within = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const begin = Math.ceil((before * 8) / 6);
    return text.slice(begin, Math.floor(((before + bytes.length) * 8) / 6));
  });
  const all = [whole, whole.replace(/=+$/, ''), ...within.filter((core) => core.length >= 6)];
  return all.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

/** Keys of one word are those of a result's own, and stay. */
function redactStrings(value: unknown, redact: (text: string) => string, redactKey = (key: string) => key): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactStrings(item, redact, redactKey));
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      /^[A-Za-z]+$/.test(key) ? key : redactKey(key),
      redactStrings(child, redact, redactKey),
    ]),
  );
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

/**
 * What is said about a value of the environment: what it quotes of it gives way to the text in the file. Values that stand
 * elsewhere may be quoted, too, but those that look like a number with its unit: they are part of any message.
 */
export function redactFinding(finding: Finding, interpolations: readonly Interpolation[]): Finding {
  const path = formatPath(finding.path);
  const isBelow = ({ path: other }: Interpolation) =>
    formatPath(other.slice(0, finding.path.length)) === path && finding.path.length > 0;
  const below = redactorOf(interpolations.filter(isBelow));
  const anywhere = redactorOf(interpolations, (value) => value.length >= leastSecret && !/^[-\d.]+\D*$/.test(value));
  const redacted = (text: string) => anywhere(below(text));
  const interpolation = interpolations.find((one) => formatPath(one.path) === path);
  const { suggestion } = finding;
  if (interpolation === undefined || finding.atKey) {
    return { ...finding, message: redacted(finding.message), suggestion: suggestion && redacted(suggestion) };
  }
  const quoted = finding.message.replace(/".*"/s, () => `"${interpolation.text}"`);
  return { ...finding, message: redacted(quoted), suggestion: undefined };
}
