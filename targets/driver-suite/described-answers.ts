/** For tests: whether a service answers as its own document says. A difference names the answer, and where in it. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { FailureDetail } from '../driver.ts';
import { mostDetailBytes } from '../driver-kit/failure-detail.ts';

type Node = Readonly<Record<string, unknown>>;

export interface DescribedAnswers {
  /** What is otherwise than described; null: nothing. Of a body that was not told whole the head alone is looked at. */
  difference(operation: string, answer: FailureDetail): string | null;
  /** Operations with an answer that was looked at whole. */
  readonly seen: ReadonlySet<string>;
}

/** `document`: OpenAPI 3.1 or AsyncAPI 3. What it does not say of an object must not be there. */
export function describedAnswers(document: Node): DescribedAnswers {
  const schemas = new Schemas(document);
  const differs = 'openapi' in document ? httpDifference : messageDifference;
  const seen = new Set<string>();
  return {
    seen,
    difference(operation, answer) {
      const isWhole = answer.body !== '' && Buffer.byteLength(answer.body) < mostDetailBytes;
      const difference = differs(document, schemas, operation, answer, isWhole);
      if (difference === null && isWhole) seen.add(operation);
      return difference === null ? null : `${operation}, ${difference}`;
    },
  };
}

class Schemas {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes: false });
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(document: Node) {
    this.#ajv.addSchema(closed(document) as Node, 'document');
  }

  /** null: it fits. `path`: of the schema in the document. */
  problem(path: readonly string[], value: unknown): string | null {
    const pointer = path.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const validate = this.#compiled.get(pointer) ?? this.#ajv.compile({ $ref: `document#/${pointer}` });
    this.#compiled.set(pointer, validate);
    if (validate(value)) return null;
    const texts = (validate.errors ?? []).map(({ instancePath, message, params }) => {
      const property: unknown = params.unevaluatedProperty;
      return `${instancePath || '/'} ${message}${property === undefined ? '' : `: ${property}`}`;
    });
    return [...new Set(texts)].join('; ');
  }
}

/** Objects with named properties have no others. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const all = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, closed(value)]));
  return all.type === 'object' && 'properties' in all ? { ...all, unevaluatedProperties: false } : all;
}

function httpDifference(
  document: Node,
  schemas: Schemas,
  operation: string,
  { head, body }: FailureDetail,
  isWhole: boolean,
): string | null {
  const [statusLine = '', ...lines] = head.split('\n');
  const status = statusLine.split(' ')[1] ?? '';
  const sent = new Map(lines.map((line) => [line.split(':')[0]?.toLowerCase() ?? '', line.replace(/^[^:]*:\s*/, '')]));
  const type = sent.get('content-type')?.split(';')[0] ?? '';
  const at = ['paths', ...placeOf(document, operation), 'responses', status];
  const response = nodeAt(document, at);
  if (response === null) return `status ${status}: the document has no such answer`;
  for (const name of Object.keys((response.headers ?? {}) as Node)) {
    const text = sent.get(name);
    if (text === undefined) continue;
    const value = /^\d+$/.test(text) ? Number(text) : text;
    const problem = schemas.problem(['components', 'headers', name, 'schema'], value);
    if (problem !== null) return `status ${status}, header ${name}: ${problem}`;
  }
  if (response.content === undefined) return body === '' ? null : `status ${status}: the document has no body for it`;
  if (nodeAt(document, [...at, 'content', type]) === null)
    return `status ${status}: the document has no ${type} for it`;
  if (!isWhole) return null;
  const problem = schemas.problem([...at, 'content', type, 'schema'], JSON.parse(body));
  return problem === null ? null : `status ${status}, ${type}: ${problem}`;
}

/** Path and method. */
function placeOf(document: Node, operation: string): readonly string[] {
  for (const [path, methods] of Object.entries(document.paths as Node)) {
    for (const [method, described] of Object.entries(methods as Node)) {
      if ((described as Node).operationId === operation) return [path, method];
    }
  }
  return ['no such operation'];
}

function messageDifference(
  document: Node,
  schemas: Schemas,
  operation: string,
  { head, body }: FailureDetail,
  isWhole: boolean,
): string | null {
  const reference = nodeAt(document, ['operations', operation, 'reply', 'messages', '0'])?.$ref;
  if (typeof reference !== 'string') return 'the document has no such operation';
  const at = reference.split('/').slice(1);
  const headers = Object.fromEntries(head.split('\n').map((line) => line.split(/:\s*/, 2)));
  const isHeaded = head !== '' && nodeAt(document, [...at, 'headers']) !== null;
  const misheaded = isHeaded ? schemas.problem([...at, 'headers'], headers) : null;
  if (misheaded !== null) return `headers of its reply: ${misheaded}`;
  const problem = isWhole ? schemas.problem([...at, 'payload'], JSON.parse(body)) : null;
  return problem === null ? null : `its reply: ${problem}`;
}

function nodeAt(document: Node, path: readonly string[]): Node | null {
  let node: unknown = document;
  for (const part of path) {
    if (typeof node !== 'object' || node === null) return null;
    node = (node as Node)[part];
  }
  return typeof node === 'object' && node !== null ? (node as Node) : null;
}
