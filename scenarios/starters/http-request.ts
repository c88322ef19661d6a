/** An HTTP request as a scenario has it, whoever described it. */
import { fromEnvironment, literal, type StartedOperation } from './started-scenario.ts';

export interface SeenRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | undefined;
  /** What it was answered with; undefined: not known. */
  readonly status?: number;
}

/** What the connection, the client or its cache say for themselves: ours says its own. */
const notCopied =
  /^(:.*|host|connection|content-length|transfer-encoding|keep-alive|proxy-.*|upgrade.*|te|trailer|accept-encoding|if-.*|sec-.*|origin|referer|dnt|priority|pragma|cache-control|traceparent|tracestate)$/i;
const credentials = /^(authorization|cookie|x-api-key|api-key|x-auth-token|x-csrf-token|x-xsrf-token)$/i;
const longestBody = 8_192;

/** Paths and bodies are as they were seen; what was secret is taken from the environment. */
export function requestOf({
  method,
  url,
  headers,
  body,
  status,
}: SeenRequest): Omit<StartedOperation, 'name' | 'weight'> {
  const todos: string[] = [];
  const kept: [string, string][] = [];
  for (const [name, value] of headers) {
    if (notCopied.test(name)) continue;
    if (credentials.test(name)) {
      const variable = name.toUpperCase().replaceAll('-', '_');
      kept.push([name.toLowerCase(), fromEnvironment(variable)]);
      todos.push(`TODO: ${variable} in the environment or in --env-file; what it was is not copied.`);
    } else if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
      todos.push(`TODO: header ${name}, which had characters that cannot be sent.`);
    else kept.push([name.toLowerCase(), literal(value)]);
  }
  const isLong = body !== undefined && body.length > longestBody;
  if (isLong)
    todos.push(`TODO: the body, which had ${body.length} characters: a payload with file: is the place for it.`);
  return {
    request: {
      method: method.toUpperCase(),
      path: literal(
        (url.pathname + url.search).replace(/\$%7B(\w+):-none%7D/g, (_, name) => fromEnvironment(name)),
      ).replaceAll(/[^\x21-\x7e]/g, encodeURIComponent),
      ...(kept.length > 0 && { headers: Object.fromEntries(kept) }),
      ...(body !== undefined && !isLong && body !== '' && { body: literal(body) }),
      ...(status !== undefined && status >= 200 && status < 600 && { expect: { status: [status] } }),
    },
    todos,
  };
}

/** Loopback stays; any other host is for its owner to name, since load would go there. */
export function addressOf(origin: string): { readonly address: string; readonly todos: readonly string[] } {
  const { hostname } = new URL(origin);
  if (hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]')
    return { address: origin, todos: [] };
  return {
    address: 'http://127.0.0.1:8080',
    todos: [
      `TODO: the address. It was ${origin}: name a system that is yours to load; one outside this machine also goes into`,
      'allowHosts: [host] at the top of this file.',
    ],
  };
}
