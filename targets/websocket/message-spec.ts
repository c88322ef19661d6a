/** What one operation sends over a WebSocket and how its answer is told: found by id, and whether it refuses. */
import { isUtf8 } from 'node:buffer';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { WebSocketRequest } from '../../scenarios/scenario.ts';
import type { Call, OperationSpec } from '../driver.ts';
import { type BodyTemplate, bodyTemplate } from '../driver-kit/encoded-body.ts';
import { type AnswerText, answerText } from './reply-fields.ts';

/** Codes become reasons, which are counted apart: what else an answer holds there is not repeated at length. */
const longestCode = 40;

export class MessageSpec {
  readonly request: WebSocketRequest;
  readonly message: BodyTemplate;
  /** It travels in binary frames. */
  readonly isBinary: boolean;
  /** null: answers come in the order of the messages. */
  readonly replyId: AnswerText | null;
  readonly #identifiesBySequence: boolean;
  readonly #code: AnswerText | null;
  readonly #accepted: ReadonlySet<string>;
  /** null: its answers say nothing of the kind. */
  readonly #notice: { readonly deprecation: AnswerText; readonly sunset: AnswerText } | null;

  /** Throws a BenchError (exit 2) for a message that cannot be sent, or whose answer cannot be told from others. */
  constructor({ name, request }: OperationSpec, pool: readonly Buffer[]) {
    this.request = request as WebSocketRequest;
    const { message, encoded, replyId, expect, saysDeprecation } = this.request;
    const codec = encoded?.codec ?? 'json';
    this.message = bodyTemplate(message, encoded);
    this.isBinary = codec !== 'json';
    this.replyId = replyId === undefined ? null : answerText(replyId, codec);
    const hasId = encoded !== undefined || /\{\{\s*id\s*\}\}/.test(message);
    this.#identifiesBySequence = !hasId && /\{\{\s*sequence\s*\}\}/.test(message);
    this.#code = expect === undefined ? null : answerText(expect.pointer, codec);
    this.#accepted = new Set(expect?.values);
    this.#notice = saysDeprecation
      ? { deprecation: answerText('/deprecation', codec), sunset: answerText('/sunset', codec) }
      : null;
    if (replyId !== undefined && !hasId && !this.#identifiesBySequence) {
      throw unusable(
        `The message of ${name} holds no id that its answer could repeat`,
        'Put {{id}} (or {{sequence}}) into it.',
      );
    }
    if (!pool.every((payload) => isUtf8(payload))) {
      throw unusable(`The payload of ${name} is not text`, 'Use {{payloadBase64}}, or a payload that is UTF-8.');
    }
  }

  /** What the answer repeats. */
  idOf(call: Call): string {
    return this.#identifiesBySequence ? call.sequence.toString() : call.id;
  }

  /** What the answer says of the end of what was called, as written; null: nothing. */
  noticeIn(bytes: Buffer, start: number, end: number): { since: string; sunset: string | null } | null {
    const since = this.#notice?.deprecation.textIn(bytes, start, end) ?? null;
    if (since === null) return null;
    return { since, sunset: this.#notice?.sunset.textIn(bytes, start, end) ?? null };
  }

  /** null when the answer is as expected, else its code ('' for none). */
  refusalIn(bytes: Buffer, start: number, end: number): string | null {
    if (this.#code === null) return null;
    const code = this.#code.textIn(bytes, start, end);
    if (code === null) return '';
    return this.#accepted.has(code) ? null : code.slice(0, longestCode);
  }
}

function unusable(message: string, hint: string): BenchError {
  return new BenchError('unusableRequest', message, { hint, exitCode: exitCodes.usage });
}
