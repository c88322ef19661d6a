/** `{{…}}` in requests: compiled once, rendered for each attempt, shared by all protocols. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { type TemplateVariable, templateVariables } from '../../scenarios/template-variables.ts';
import type { Call } from '../driver.ts';
import { spanIdOf, traceIdOf } from './trace-context.ts';

type Part =
  | { readonly kind: 'text'; readonly text: string; readonly bytes: Buffer }
  | { readonly kind: TemplateVariable };

const emptyPayload = Buffer.alloc(0);

/** Names of `{{…}}` in the text that are no template variable; for validation. */
function unknownTemplateVariables(text: string): string[] {
  return [...text.matchAll(/\{\{([^{}]*)\}\}/g)]
    .map((match) => (match[1] ?? '').trim())
    .filter((name) => !(templateVariables as readonly string[]).includes(name));
}

/** Throws a BenchError (exit 2) for an unknown variable. */
export function compileTemplate(text: string): RequestTemplate {
  const unknown = unknownTemplateVariables(text)[0];
  if (unknown !== undefined) {
    throw new BenchError('unknownTemplateVariable', `{{${unknown}}} is not known in a request`, {
      hint: `Use one of ${templateVariables.map((name) => `{{${name}}}`).join(' ')}.`,
      exitCode: exitCodes.usage,
    });
  }
  const parts = text
    .split(/(\{\{\s*\w+\s*\}\})/)
    .filter((piece) => piece !== '')
    .map((piece): Part => {
      const name = /^\{\{\s*(\w+)\s*\}\}$/.exec(piece)?.[1];
      return name === undefined
        ? { kind: 'text', text: piece, bytes: Buffer.from(piece) }
        : { kind: name as TemplateVariable };
    });
  return new RequestTemplate(parts);
}

export class RequestTemplate {
  readonly #parts: readonly Part[];
  /** True when the text has no variables: rendering always gives the same. */
  readonly isConstant: boolean;
  readonly #constant: string | null;
  readonly #isBarePayload: boolean;

  constructor(parts: readonly Part[]) {
    this.#parts = parts;
    this.isConstant = parts.every((part) => part.kind === 'text');
    this.#constant = this.isConstant ? parts.map((part) => (part.kind === 'text' ? part.text : '')).join('') : null;
    this.#isBarePayload = parts.length === 1 && parts[0]?.kind === 'payload';
  }

  /** `payload` is the operation's body from the pool; absent where the operation has none. */
  text(call: Call, payload: Buffer = emptyPayload): string {
    if (this.#constant !== null) return this.#constant;
    let text = '';
    for (const part of this.#parts) text += part.kind === 'text' ? part.text : variableText(part.kind, call, payload);
    return text;
  }

  /** Not to be written to: it may be the payload itself. */
  bytes(call: Call, payload: Buffer = emptyPayload): Buffer {
    if (this.#isBarePayload) return payload;
    const buffer = Buffer.allocUnsafe(this.byteLength(call, payload));
    this.writeTo(buffer, 0, call, payload);
    return buffer;
  }

  byteLength(call: Call, payload: Buffer = emptyPayload): number {
    let length = 0;
    for (const part of this.#parts) {
      if (part.kind === 'text') length += part.bytes.length;
      else if (part.kind === 'payload') length += payload.length;
      else if (part.kind === 'payloadJson') length += insideJsonString(payload).length;
      else if (part.kind === 'payloadBase64') length += Math.ceil(payload.length / 3) * 4;
      else if (part.kind === 'traceId') length += 32;
      else if (part.kind === 'spanId') length += 16;
      else length += Buffer.byteLength(variableText(part.kind, call, payload));
    }
    return length;
  }

  /** Writes at `offset`, where `byteLength` bytes must be free; returns the offset behind it. */
  writeTo(buffer: Buffer, offset: number, call: Call, payload: Buffer = emptyPayload): number {
    let at = offset;
    for (const part of this.#parts) {
      if (part.kind === 'text') at += part.bytes.copy(buffer, at);
      else if (part.kind === 'payload') at += payload.copy(buffer, at);
      else if (part.kind === 'payloadJson') at += insideJsonString(payload).copy(buffer, at);
      else at += buffer.write(variableText(part.kind, call, payload), at);
    }
    return at;
  }
}

function variableText(variable: TemplateVariable, call: Call, payload: Buffer): string {
  switch (variable) {
    case 'id':
      return call.id;
    case 'key':
      return call.key;
    case 'sequence':
      return call.sequence.toString();
    case 'random':
      return call.random.toString();
    case 'traceId':
      return traceIdOf(call.id);
    case 'spanId':
      return spanIdOf(call.id, call.attempt);
    case 'payload':
      return payload.toString();
    case 'payloadJson':
      return insideJsonString(payload).toString();
    case 'payloadBase64':
      return payload.toString('base64');
  }
}

/** The payloads of a pool are few, live as long as the load and are rendered for each attempt: escaped once each. */
const escaped = new WeakMap<Buffer, Buffer>();

/** What stands between the quotes when the payload, as UTF-8 text, is a string of JSON. */
function insideJsonString(payload: Buffer): Buffer {
  const known = escaped.get(payload);
  if (known !== undefined) return known;
  const bytes = Buffer.from(JSON.stringify(payload.toString()).slice(1, -1));
  escaped.set(payload, bytes);
  return bytes;
}
