/** From a description of an HTTP API: OpenAPI 3, or Swagger 2. */
import { $RefParser } from '@apidevtools/json-schema-ref-parser';
import { sample } from 'openapi-sampler';
import { z } from 'zod';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { addressOf } from './http-request.ts';
import {
  fromEnvironment,
  literal,
  OperationNames,
  type StartedOperation,
  type StartedScenario,
} from './started-scenario.ts';

const anything = z.record(z.string(), z.unknown());
const example = { example: z.unknown().optional(), examples: z.unknown().optional() };
const parameterSchema = z.object({
  ...{ name: z.string(), in: z.string(), required: z.boolean().optional(), schema: anything.optional(), ...example },
});
type Parameter = z.infer<typeof parameterSchema> & Readonly<Record<string, unknown>>;
const operationSchema = z.looseObject({
  operationId: z.string().optional(),
  deprecated: z.boolean().optional(),
  parameters: z.array(z.looseObject(parameterSchema.shape)).default([]),
  requestBody: z
    .object({ content: z.record(z.string(), z.object({ schema: anything.optional(), ...example })) })
    .optional(),
  responses: anything.default({}),
  security: z.array(anything).optional(),
});
const apiSchema = z.looseObject({
  servers: z.array(z.object({ url: z.string() })).optional(),
  host: z.string().optional(),
  basePath: z.string().optional(),
  schemes: z.array(z.string()).optional(),
  consumes: z.array(z.string()).optional(),
  paths: z.record(z.string(), anything),
  security: z.array(anything).optional(),
});
type Api = z.infer<typeof apiSchema>;

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head'] as const;
const mostOperations = 100;

/** `path`: of the file, whose parts may be in files beside it; nothing is fetched. Rejects with a BenchError (exit 2). */
export async function fromOpenApi(path: string, origin: string): Promise<StartedScenario> {
  const api = await readApi(path, origin);
  const { address, todos } = serverOf(api);
  const names = new OperationNames();
  const found = Object.entries(api.paths).flatMap(([way, item]) => {
    return methods.flatMap((method) => {
      const reading = operationSchema.safeParse(item[method]);
      if (!reading.success || reading.data.deprecated === true) return [];
      const shared = z.array(z.looseObject(parameterSchema.shape)).safeParse(item.parameters);
      const parameters = merged(shared.success ? shared.data : [], reading.data.parameters);
      return [operationOf({ ...{ api, way, method }, operation: { ...reading.data, parameters } }, names)];
    });
  });
  if (found.length === 0) throw bad(origin, 'describes no operation');
  const left = found.length > mostOperations ? [`Left out: ${found.length - mostOperations} more operations.`] : [];
  return {
    ...{ origin, target: 'api', settings: { protocol: 'rest', address }, todos: [...todos, ...left] },
    operations: found.slice(0, mostOperations),
  };
}

async function readApi(path: string, origin: string): Promise<Api> {
  let whole: unknown;
  try {
    const inOneFile = await new $RefParser().bundle(path, { resolve: { http: false } });
    // What refers to itself stays as it is, for the maker of examples to end.
    whole = await new $RefParser().dereference(inOneFile, { dereference: { circular: 'ignore' } });
  } catch (cause) {
    throw bad(origin, `cannot be read: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
  const reading = apiSchema.safeParse(whole);
  if (reading.success) return reading.data;
  throw bad(origin, 'is no description of an API: it has no paths');
}

/** The base path stays, wherever the address leads. */
function serverOf({ servers, host, basePath = '', schemes }: Api) {
  const [server] = servers ?? [];
  const url = server?.url ?? (host === undefined ? basePath : `${schemes?.[0] ?? 'http'}://${host}${basePath}`);
  const plain = url.replace(/\{[^}]*\}/g, 'x');
  const isWhole = /^https?:\/\//i.test(plain) && URL.canParse(plain);
  const path = (isWhole ? new URL(plain).pathname : plain).replace(/\/+$/, '');
  const { address, todos } = isWhole
    ? addressOf(new URL(plain).origin)
    : { address: 'http://127.0.0.1:8080', todos: ['TODO: the address, which the description does not say.'] };
  return { address: `${address}${path.startsWith('/') ? path : ''}`, todos };
}

/** Those of the operation win over those of the path. */
function merged(shared: readonly Parameter[], own: readonly Parameter[]): Parameter[] {
  const isSame = (one: Parameter) => (other: Parameter) => one.name === other.name && one.in === other.in;
  return [...shared.filter((one) => !own.some(isSame(one))), ...own];
}

interface Described {
  readonly api: Api;
  readonly way: string;
  readonly method: string;
  readonly operation: z.infer<typeof operationSchema>;
}

function operationOf({ api, way, method, operation }: Described, names: OperationNames): StartedOperation {
  const todos: string[] = [];
  const of = (place: string) => operation.parameters.filter((one) => one.in === place);
  const path = way.replace(/\{([^}]+)\}/g, (_, name: string) => {
    const given = exampleIn(
      of('path').find((one) => one.name === name),
      api,
    );
    if (given === undefined) todos.push(`TODO: ${name} in the path: {{key}} takes one of workload.keys.`);
    return given === undefined ? '{{key}}' : encodeURIComponent(String(given));
  });
  const query = of('query').filter(({ required }) => required === true);
  const search = new URLSearchParams(
    query.map((one): [string, string] => [one.name, textOf(exampleIn(one, api) ?? sampled(one, api))]),
  ).toString();
  const headers: Record<string, string> = {};
  for (const one of of('header')) {
    if (one.required === true && !/^(accept|content-type|authorization)$/i.test(one.name)) {
      headers[one.name.toLowerCase()] = literal(textOf(exampleIn(one, api) ?? sampled(one, api)));
    }
  }
  if ((operation.security ?? api.security ?? []).some((one) => Object.keys(one).length > 0)) {
    headers.authorization = fromEnvironment('AUTHORIZATION');
    todos.push('TODO: AUTHORIZATION in the environment or in --env-file, e.g. Bearer …');
  }
  const body = bodyOf(operation, api);
  if (body !== null) {
    headers['content-type'] = body.type;
    todos.push(
      body.text === undefined
        ? `TODO: a body of ${body.type}.`
        : 'TODO: a body that your system takes; {{id}} and {{key}} are the operation’s.',
    );
  }
  const statuses = Object.keys(operation.responses)
    .map(Number)
    .filter((status) => status >= 200 && status < 300);
  return {
    name: names.nameFor(operation.operationId ?? `${method} ${way}`),
    weight: 1,
    request: {
      method: method.toUpperCase(),
      path: search === '' ? path : `${path}?${search}`,
      ...(Object.keys(headers).length > 0 && { headers }),
      ...(body?.text !== undefined && { body: literal(body.text) }),
      ...(statuses.length > 0 && { expect: { status: statuses } }),
    },
    todos,
  };
}

/** What the description gives as an example, before what could be made up. */
function exampleIn(described: Readonly<Record<string, unknown>> | undefined, api: Api): unknown {
  if (described === undefined) return undefined;
  const { example: one, examples, schema } = described;
  if (one !== undefined) return one;
  const first: unknown = examples !== null && typeof examples === 'object' ? Object.values(examples)[0] : undefined;
  if (first !== undefined) return isObject(first) && 'value' in first ? first.value : first;
  return isObject(schema) && ['example', 'examples', 'default', 'enum', 'const'].some((key) => key in schema)
    ? sampled({ schema }, api)
    : undefined;
}

function sampled({ schema, ...swagger }: Readonly<Record<string, unknown>>, api: Api): unknown {
  return sample((schema ?? swagger) as Parameters<typeof sample>[0], { skipReadOnly: true, quiet: true }, api);
}

function bodyOf(operation: Described['operation'], api: Api): { type: string; text: string | undefined } | null {
  const swagger = operation.parameters.find((one) => one.in === 'body');
  if (swagger !== undefined)
    return { type: 'application/json', text: JSON.stringify(exampleIn(swagger, api) ?? sampled(swagger, api)) };
  const kinds = Object.entries(operation.requestBody?.content ?? {});
  const [type, media] = kinds.find(([name]) => /[/+]json\b/i.test(name)) ?? kinds[0] ?? [];
  if (type === undefined || media === undefined) return null;
  const value = exampleIn(media, api) ?? (media.schema === undefined ? undefined : sampled(media, api));
  if (/[/+]json\b/i.test(type)) return { type, text: JSON.stringify(value ?? {}) };
  if (type === 'application/x-www-form-urlencoded' && isObject(value)) {
    return {
      type,
      text: new URLSearchParams(
        Object.entries(value).map(([name, one]): [string, string] => [name, textOf(one)]),
      ).toString(),
    };
  }
  return { type, text: typeof value === 'string' && !type.startsWith('multipart/') ? value : undefined };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
}

function bad(origin: string, why: string, cause?: unknown): BenchError {
  return new BenchError('commandLine', `${origin} ${why}`, { exitCode: exitCodes.usage, cause });
}
