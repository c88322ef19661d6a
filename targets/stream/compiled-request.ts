/** What a stream target sends for an operation, its templates compiled once. */
import type { StreamRequest } from '../../scenarios/scenario.ts';
import type { Call, OperationSpec } from '../driver.ts';
import { type BodyTemplate, bodyTemplate } from '../driver-kit/encoded-body.ts';
import { compileTemplate, type RequestTemplate } from '../driver-kit/request-template.ts';
import { correlationHeader, idHeader, replyTopicHeader } from './stream-headers.ts';

export interface CompiledRequest {
  readonly topic: RequestTemplate;
  readonly key: RequestTemplate | null;
  /** null: a tombstone. */
  readonly value: BodyTemplate | null;
  readonly partition: number | undefined;
  readonly headerNames: readonly string[];
  /** An own system gets the records that its requests describe; only a reference service is told the operation's id. */
  readonly isIdentified: boolean;
  /** What ends at its acknowledgement needs no other way back. */
  readonly isCorrelated: boolean;
  /** Of the scenario's own headers; ours come before them. Rendered once where it has no variables. */
  readonly headerValues: readonly (RequestTemplate | Buffer | null)[];
  readonly replyTopic: Buffer | null;
}

export function compileRequest(
  { topic, key, partition, value, encoded, headers }: StreamRequest,
  isIdentified: boolean,
  isCorrelated: boolean,
  replyTopic: string | undefined,
): CompiledRequest {
  const ours: string[] = [];
  if (isIdentified) ours.push(idHeader);
  if (isCorrelated) ours.push(correlationHeader);
  if (replyTopic !== undefined) ours.push(replyTopicHeader);
  const nothing: Call = { operation: 0, id: '', key: '', sequence: 0, payload: 0, attempt: 1, random: 0 };
  return {
    topic: compileTemplate(topic),
    key: key === undefined ? null : compileTemplate(key),
    value: value === null ? null : bodyTemplate(value, encoded),
    partition,
    headerNames: [...ours, ...Object.keys(headers)],
    isIdentified,
    isCorrelated,
    headerValues: Object.values(headers).map((text) => {
      if (text === null) return null;
      const template = compileTemplate(text);
      return template.isConstant ? template.bytes(nothing) : template;
    }),
    replyTopic: replyTopic === undefined ? null : Buffer.from(replyTopic),
  };
}

/** Topics that are named without `{{…}}`: those that can be looked up, connected for and consumed. */
export function constantTopics(operations: readonly OperationSpec[]): readonly string[] {
  const requests = operations.map(({ request }) => request as StreamRequest);
  return [...new Set(requests.filter((request) => !isOneOfSeveral(request)).map(({ topic }) => topic))];
}

/** Its topic is named by a template. */
export function isOneOfSeveral({ topic }: StreamRequest): boolean {
  return !compileTemplate(topic).isConstant;
}
