/** What a queue target sends for an operation, its templates compiled once. */
import type { Options } from 'amqplib';
import type { HeaderValue, QueueProperties, QueueRequest } from '../../../scenarios/scenario.ts';
import type { Call } from '../../driver.ts';
import { type BodyTemplate, bodyTemplate } from '../../driver-kit/encoded-body.ts';
import { compileTemplate, type RequestTemplate } from '../../driver-kit/request-template.ts';

export interface CompiledRequest {
  readonly exchange: RequestTemplate;
  readonly routingKey: RequestTemplate;
  readonly body: BodyTemplate;
  readonly mandatory: boolean;
  /** null: none. */
  readonly headers: Rendered | null;
  /** The scenario's own; they come after ours. */
  readonly properties: readonly (readonly [keyof Options.Publish, Rendered])[];
  readonly expectsReply: boolean;
}

/** A value of the operation. */
type Rendered = (call: Call, payload: Buffer | undefined) => unknown;

/** `expectsReply`: it names the queue on which the answer is to come. */
export function compileRequest(request: QueueRequest, expectsReply: boolean): CompiledRequest {
  const { exchange, routingKey, body, encoded, headers, mandatory = true, properties = {} } = request;
  return {
    exchange: compileTemplate(exchange),
    routingKey: compileTemplate(routingKey),
    body: bodyTemplate(body, encoded),
    mandatory,
    headers: Object.keys(headers).length === 0 ? null : rendered(headers),
    properties: Object.entries(properties).map(([name, value]) => {
      return [name as keyof Options.Publish, renderedProperty(name as keyof QueueProperties, value)];
    }),
    expectsReply,
  };
}

/** Texts are templates, wherever they stand; all else is of the type that it has in the scenario. */
function rendered(value: HeaderValue | Readonly<Record<string, HeaderValue>>): Rendered {
  const constant = typedConstant(value);
  if (constant !== undefined) return () => constant;
  if (typeof value === 'string') {
    const template = compileTemplate(value);
    return (call, payload) => template.text(call, payload);
  }
  if (Array.isArray(value)) {
    const items = value.map(rendered);
    return (call, payload) => items.map((item) => item(call, payload));
  }
  const fields = Object.entries(value as object).map(([name, field]) => [name, rendered(field)] as const);
  return (call, payload) => Object.fromEntries(fields.map(([name, field]) => [name, field(call, payload)]));
}

const largestInt32 = 0x7fff_ffff;

/**
 * amqplib writes a whole number as the shortest integer that holds it, so that its type would change with the value:
 * here 32 bits, or 64 where it takes them. undefined: not a constant.
 */
function typedConstant(value: unknown): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value !== 'number') return undefined;
  if (!Number.isInteger(value)) return { '!': 'double', value };
  return { '!': value > largestInt32 || value < -largestInt32 - 1 ? 'int64' : 'int32', value };
}

function renderedProperty(name: keyof QueueProperties, value: string | number): Rendered {
  if (name === 'timestamp' && value === 'now') return () => Math.floor(Date.now() / 1e3);
  if (typeof value === 'number') return () => value;
  const template = compileTemplate(value);
  return (call, payload) => template.text(call, payload);
}
