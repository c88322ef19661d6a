/**
 * W3C trace context of what is sent to an own system, drawn from the operation's id, so that an operation of the result
 * is found in the user's tracing and the other way round. Source: W3C Trace Context, level 1, §3.2.
 */
import { factsOf } from '../../scenarios/protocols/registry.ts';
import type { Request, Target, TraceparentSetting, WebSocketTarget } from '../../scenarios/scenario.ts';

/** 32 hex digits. Each 64 bits by themselves are as good as random: some tracers keep only the last, or sample by them. */
export function traceIdOf(operationId: string): string {
  return hashHex(operationId, 1) + hashHex(operationId, 2) + hashHex(operationId, 3) + hashHex(operationId, 4);
}

/** 16 hex digits, another for each attempt. */
export function spanIdOf(operationId: string, attempt: number): string {
  return hashHex(operationId, 5 + 2 * attempt) + hashHex(operationId, 6 + 2 * attempt);
}

/** What an own system is sent unless the scenario says otherwise; other engines send each request as the one before. */
function traceparentOf({ address, engine, traceparent = 'sampled' }: Target): TraceparentSetting {
  return address === undefined || engine !== 'native' ? 'off' : traceparent;
}

export function withTraceparent(target: Target, request: Request): Request {
  const value = traceparentTemplate(traceparentOf(target));
  const key = factsOf(target).headersIn;
  if (value === null || key === null) return request;
  const headers = (request as Partial<Record<typeof key, object>>)[key] ?? {};
  const isGiven = Object.keys(headers).some((name) => name.toLowerCase() === 'traceparent');
  return isGiven ? request : ({ ...request, [key]: { ...headers, traceparent: value } } as Request);
}

/** As a template of a request's header; null: none is sent. */
function traceparentTemplate(setting: TraceparentSetting): string | null {
  return setting === 'off' ? null : `00-{{traceId}}-{{spanId}}-${setting === 'sampled' ? '01' : '00'}`;
}

/** Headers of a connection's handshake, which belongs to no operation. `connection`: unique in the run. */
export function handshakeHeaders(target: Target, connection: string): Readonly<Record<string, string>> {
  const { headers = {} } = target as WebSocketTarget;
  const template = traceparentTemplate(traceparentOf(target));
  const isGiven = Object.keys(headers).some((name) => name.toLowerCase() === 'traceparent');
  if (template === null || isGiven) return headers;
  const ids = { traceId: traceIdOf(connection), spanId: spanIdOf(connection, 1) };
  return { ...headers, traceparent: template.replace('{{traceId}}', ids.traceId).replace('{{spanId}}', ids.spanId) };
}

/** Its operations, and not only its connections, are found by their trace ids. */
export function sendsTraceIds(target: Target): boolean {
  return traceparentOf(target) !== 'off' && factsOf(target).headersIn !== null;
}

/** FNV-1a with the finalizer of MurmurHash3, 32 bits. Never all zeros, which no id may be. */
function hashHex(text: string, seed: number): string {
  let hash = 0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1);
  for (let n = 0; n < text.length; n++) hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0 || 1).toString(16).padStart(8, '0');
}
