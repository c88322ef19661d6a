/** From requests that a browser or a proxy recorded. Source: HTTP Archive (HAR) 1.2. */
import { z } from 'zod';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { addressOf, requestOf, type SeenRequest } from './http-request.ts';
import { OperationNames, type StartedOperation, type StartedScenario } from './started-scenario.ts';

const pair = z.object({ name: z.string(), value: z.string() });
const harSchema = z.object({
  log: z.object({
    entries: z.array(
      z.object({
        request: z.object({
          method: z.string(),
          url: z.string(),
          headers: z.array(pair).default([]),
          postData: z.object({ text: z.string().optional(), params: z.array(pair).optional() }).optional(),
        }),
        response: z.object({ status: z.number() }).optional(),
      }),
    ),
  }),
});

const mostOperations = 40;
/** What a page loads beside its calls. */
const isStatic = /\.(?:css|js|mjs|map|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|otf|mp4|webm)$/i;
/** Parts of a path that are ids: numbers, UUIDs, long hexadecimal. */
const isId = /^(?:\d+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,})$/i;

/** The host that most went to. Throws a BenchError (exit 2). */
export function fromHar(text: string, origin: string): StartedScenario {
  const entries = readHar(text, origin).flatMap((one) => seen(one) ?? []);
  const origins = [...Map.groupBy(entries, ({ url }) => url.origin)].sort(([, a], [, b]) => b.length - a.length);
  const [busiest, ...others] = origins;
  if (busiest === undefined) throw bad(origin, 'holds no requests of an API');
  const kinds = [...Map.groupBy(busiest[1], kindOf)].sort(([, a], [, b]) => b.length - a.length);
  const names = new OperationNames();
  const { address, todos } = addressOf(busiest[0]);
  const left = [
    ...others.map(([host, all]) => `Left out: ${all.length} requests to ${host}.`),
    ...(kinds.length > mostOperations
      ? [`Left out: ${kinds.length - mostOperations} kinds of requests that were rarest.`]
      : []),
  ];
  return {
    ...{ origin, target: 'api', settings: { protocol: 'rest', address }, todos: [...todos, ...left] },
    operations: kinds.slice(0, mostOperations).map(([kind, all]): StartedOperation => {
      const [first] = all as [SeenRequest];
      const { request, todos: own } = requestOf(first);
      const ids = /\/_(?=\/|$)/.test(kind) ? ['TODO: the id in the path: {{key}} takes one of workload.keys.'] : [];
      return { name: names.nameFor(kind), weight: all.length, request, todos: [...own, ...ids] };
    }),
  };
}

function readHar(text: string, origin: string) {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw bad(origin, 'is not JSON', cause);
  }
  const reading = harSchema.safeParse(json);
  if (reading.success) return reading.data.log.entries;
  throw bad(origin, `is no HTTP archive: ${z.prettifyError(reading.error).split('\n')[0]}`);
}

type Entry = z.infer<typeof harSchema>['log']['entries'][number];

function seen({ request: { method, url, headers, postData }, response }: Entry): SeenRequest | null {
  if (!URL.canParse(url) || !/^https?:/i.test(url) || method === 'CONNECT') return null;
  const parsed = new URL(url);
  if (isStatic.test(parsed.pathname) || method === 'OPTIONS') return null;
  const form = postData?.params?.map(({ name, value }) => [name, value] as [string, string]);
  const body = postData?.text ?? (form === undefined ? undefined : new URLSearchParams(form).toString());
  const status = response?.status;
  return {
    ...{ method, url: parsed, headers: headers.map(({ name, value }) => [name, value] as const), body },
    ...(status !== undefined && status !== 304 && { status }),
  };
}

function kindOf({ method, url }: SeenRequest): string {
  return `${method} ${url.pathname
    .split('/')
    .map((part) => (isId.test(part) ? '_' : part))
    .join('/')}`;
}

function bad(origin: string, why: string, cause?: unknown): BenchError {
  return new BenchError('commandLine', `${origin} ${why}`, { exitCode: exitCodes.usage, cause });
}
