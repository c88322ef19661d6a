/** A scenario written from what people have already: an API's description, recorded requests, a command line. */
import { Document, isMap, isScalar, type Pair, type YAMLMap } from 'yaml';

export interface StartedOperation {
  readonly name: string;
  readonly weight: number;
  /** As the scenario has it; texts may hold `{{…}}` and `${NAME:-default}`. */
  readonly request: Readonly<Record<string, unknown>>;
  /** What is to be looked at before the first run, a line each. */
  readonly todos: readonly string[];
}

export interface StartedScenario {
  /** `openapi.yaml`, for the first line. */
  readonly origin: string;
  readonly target: string;
  /** Of the target, beside `requests`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Of the target as a whole. */
  readonly todos: readonly string[];
  readonly operations: readonly StartedOperation[];
}

const head = (origin: string) => `Written by bench init from ${origin}. Look at each TODO, then:
  bench validate <this file>    every problem at once, nothing is started
  bench run <this file>         the load, a report in the end
{{id}}, {{key}} and the like take values of each operation; \${NAME:-default} takes one of the environment, or of --env-file.`;

/** `schema`: of the JSON Schema, as seen from the file. */
export function writeScenario(started: StartedScenario, name: string, schema: string): string {
  const { origin, target, settings, operations } = started;
  const [first] = operations;
  const document = new Document({
    name,
    primary: { operation: first?.name, metric: 'p99', condition: 'calm' },
    workload: {
      operations: Object.fromEntries(operations.map((one) => [one.name, { weight: one.weight }])),
      keys: { count: 1000, distribution: 'uniform' },
    },
    load: { model: 'open', rate: '20/s', warmup: '2s', duration: '10s' },
    targets: {
      [target]: {
        ...settings,
        via: 'direct',
        requests: Object.fromEntries(operations.map((one) => [one.name, one.request])),
      },
    },
    conditions: { calm: [] },
  });
  const targetNode = document.getIn(['targets', target]) as YAMLMap;
  comment(document, ['load'], ['TODO: a rate that your system is to bear; a p99 needs 1,000 operations and more.']);
  comment(document, ['targets', target], started.todos);
  comment(
    document,
    ['targets', target, 'via'],
    ['Without it the load goes through Toxiproxy, and conditions may hold link faults.'],
  );
  for (const one of operations) comment(document, ['targets', target, 'requests', one.name], one.todos);
  for (const path of [['primary'], ['load'], ['conditions'], ['workload', 'keys']]) flow(document.getIn(path));
  flowEach(document.getIn(['workload', 'operations']));
  const requests = targetNode.get('requests');
  if (isMap(requests)) for (const { value } of requests.items) if (isMap(value)) flowEach(value);
  return `# yaml-language-server: $schema=${schema}\n#\n${commented(head(origin))}\n${document.toString({ lineWidth: 0 })}`;
}

function commented(text: string): string {
  return text.replace(/^/gm, '# ');
}

/** Above the key. */
function comment(document: Document, path: readonly string[], lines: readonly string[]): void {
  if (lines.length === 0) return;
  const map = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1));
  const key = (map as YAMLMap).items.find((item: Pair) => isScalar(item.key) && item.key.value === path.at(-1))?.key;
  if (isScalar(key)) key.commentBefore = [...new Set(lines)].map((line) => ` ${line}`).join('\n');
}

function flow(node: unknown): void {
  if (isMap(node)) node.flow = true;
}

/** Short mappings in one line each. */
function flowEach(map: unknown): void {
  if (!isMap(map)) return;
  for (const { value } of map.items) if (isMap(value) && String(value).length < 100) value.flow = true;
}

/** Letters, digits and _, beginning with a letter; each once. */
export class OperationNames {
  readonly #taken = new Set<string>();

  /** `text`: words in any form, `GET /v1/orders/{id}`. */
  nameFor(text: string): string {
    const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
    const joined = words.map((word, n) => (n === 0 ? lowerFirst(word) : upperFirst(word))).join('');
    const plain = (/^[A-Za-z]/.test(joined) ? joined : `request${upperFirst(joined)}`).slice(0, 56);
    let name = plain;
    for (let n = 2; this.#taken.has(name); n++) name = `${plain}${n}`;
    this.#taken.add(name);
    return name;
  }
}

function lowerFirst(word: string): string {
  return /^[A-Z0-9]+$/.test(word) ? word.toLowerCase() : word.charAt(0).toLowerCase() + word.slice(1);
}

function upperFirst(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** What a scenario would take for a variable stands for itself; what `fromEnvironment` wrote stays. */
export function literal(text: string): string {
  return text.replace(/\$\{(?!\w+:-none\})/g, '$$$${').replaceAll('{{', '{ {');
}

/** In a scenario that is valid as long as nobody has set it. */
export function fromEnvironment(name: string): string {
  return `\${${name}:-none}`;
}
