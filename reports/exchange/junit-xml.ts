/** Test cases as JUnit's XML: the form that the published schemas of Ant and of Jenkins both take. */

export interface JunitCase {
  readonly group: string;
  readonly name: string;
  readonly seconds: number;
  /** null: passed. `error`: could not be told; `skipped`: was not asked. */
  readonly trouble: {
    readonly kind: 'failure' | 'error' | 'skipped';
    readonly type: string;
    readonly text: string;
  } | null;
}

export interface JunitSuite {
  readonly name: string;
  /** ISO 8601 */
  readonly startedAt: string;
  readonly seconds: number;
  readonly properties: Readonly<Record<string, string>>;
  readonly cases: readonly JunitCase[];
  /** What is beside the cases: answers, doubts. */
  readonly output: readonly string[];
}

export function junitXml(suites: readonly JunitSuite[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.map(suiteXml).join('\n')}\n</testsuites>\n`;
}

function suiteXml({ name, startedAt, seconds, properties, cases, output }: JunitSuite, id: number): string {
  const count = (kind: string) => cases.filter(({ trouble }) => trouble?.kind === kind).length;
  const head = attributes({
    name,
    package: 'wirebench',
    id,
    timestamp: startedAt.slice(0, 19), // the schema takes no zone; it is UTC
    hostname: 'localhost',
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    ...(count('skipped') === 0 ? {} : { skipped: count('skipped') }), // Ant's schema knows of none
    time: seconds.toFixed(3),
  });
  const known = Object.entries(properties).map(([key, value]) => `  <property${attributes({ name: key, value })}/>\n`);
  return [
    `<testsuite${head}>`,
    `<properties>\n${known.join('')}</properties>`,
    ...cases.map(caseXml),
    `<system-out>${xmlText(output.join('\n'))}</system-out>`,
    '<system-err></system-err>',
    '</testsuite>',
  ].join('\n');
}

function caseXml({ group, name, seconds, trouble }: JunitCase): string {
  const head = attributes({ classname: group, name, time: seconds.toFixed(3) });
  if (trouble === null) return `<testcase${head}/>`;
  const { kind, type, text } = trouble;
  if (kind === 'skipped') return `<testcase${head}><skipped>${xmlText(text)}</skipped></testcase>`;
  const [first = ''] = text.split('\n');
  return `<testcase${head}><${kind}${attributes({ message: first, type })}>${xmlText(text)}</${kind}></testcase>`;
}

function attributes(all: Readonly<Record<string, string | number>>): string {
  return Object.entries(all)
    .map(([name, value]) => ` ${name}="${xmlText(String(value)).replaceAll('\n', '&#10;')}"`)
    .join('');
}

/** XML 1.0 has no way to write most control characters, nor halves of surrogate pairs. */
const notInXml = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
const codes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function xmlText(text: string): string {
  return text.replace(notInXml, '\u{fffd}').replace(/[&<>"]/g, (character) => codes[character] ?? '');
}
