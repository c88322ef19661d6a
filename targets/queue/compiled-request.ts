/** What a queue target sends for an operation, its templates compiled once. */
import type { QueueRequest } from '../../scenarios/scenario.ts';
import type { Call } from '../driver.ts';
import { type BodyTemplate, bodyTemplate } from '../driver-kit/encoded-body.ts';
import { compileTemplate, type RequestTemplate } from '../driver-kit/request-template.ts';

export interface CompiledRequest {
  readonly exchange: RequestTemplate;
  readonly routingKey: RequestTemplate;
  readonly body: BodyTemplate;
  readonly headers: readonly (readonly [string, RequestTemplate])[];
  readonly expectsReply: boolean;
}

/** `expectsReply`: it names the queue on which the answer is to come. */
export function compileRequest(request: QueueRequest, expectsReply: boolean): CompiledRequest {
  const { exchange, routingKey, body, encoded, headers } = request;
  return {
    exchange: compileTemplate(exchange),
    routingKey: compileTemplate(routingKey),
    body: bodyTemplate(body, encoded),
    headers: Object.entries(headers).map(([name, value]) => [name, compileTemplate(value)] as const),
    expectsReply,
  };
}

export function headersOf(
  { headers }: CompiledRequest,
  call: Call,
  payload: Buffer | undefined,
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of headers) values[name] = value.text(call, payload);
  return values;
}
