/** What a target sends to SQS for an operation: the inside of a JSON object, its templates compiled once. */
import type { SqsRequest } from '../../../scenarios/scenario.ts';
import type { Call } from '../../driver.ts';
import type { BodyCodec } from '../../driver-kit/body-codec.ts';
import { bodyTemplate } from '../../driver-kit/encoded-body.ts';
import { compileTemplate } from '../../driver-kit/request-template.ts';
import { sqsAttributes, textBody } from './message-body.ts';

/** Attributes of one message more: by name. */
export type MoreAttributes = Readonly<Record<string, string>>;

export interface CompiledMessage {
  /** Name or URL. */
  readonly queue: string;
  /** `"MessageBody":…,"MessageAttributes":{…},…`, without braces around it. */
  json(call: Call, payload: Buffer | undefined, more: MoreAttributes): string;
}

export function compileMessage(request: SqsRequest, codec: BodyCodec | null): CompiledMessage {
  const { queue, body, encoded, attributes, groupId, deduplicationId } = request;
  const rest = [
    ...(groupId === undefined ? [] : [`"MessageGroupId":${quoted(groupId)}`]),
    ...(deduplicationId === undefined ? [] : [`"MessageDeduplicationId":${quoted(deduplicationId)}`]),
  ];
  const own = Object.entries({ [sqsAttributes.id]: '{{id}}', ...attributes }).filter(([, value]) => value !== '');
  const behind = compileTemplate(
    `"MessageAttributes":{${own.map(([name, value]) => attribute(name, quoted(value))).join(',')}`,
  );
  const end = compileTemplate(rest.map((one) => `,${one}`).join(''));
  const write = (bodyJson: string, call: Call, payload: Buffer | undefined, more: MoreAttributes): string => {
    let text = `"MessageBody":${bodyJson},${behind.text(call, payload)}`;
    for (const name in more) text += `,${attribute(name, JSON.stringify(more[name]))}`;
    return `${text}}${end.text(call, payload)}`;
  };
  if (codec === null && encoded === undefined && body !== '') {
    const plain = compileTemplate(quoted(body));
    return { queue, json: (call, payload, more) => write(plain.text(call, payload), call, payload, more) };
  }
  const bytes = bodyTemplate(body, encoded);
  const isText = encoded === undefined || encoded.codec === 'json';
  return {
    queue,
    json(call, payload, more) {
      const { text, encoding } = textBody(bytes.bytes(call, payload), codec, isText);
      const all = encoding === null ? more : { ...more, [sqsAttributes.encoding]: encoding };
      return write(JSON.stringify(text), call, payload, all);
    },
  };
}

/** As a message's attributes have it; `value`: in JSON. */
export function attribute(name: string, value: string): string {
  return `${JSON.stringify(name)}:{"DataType":"String","StringValue":${value}}`;
}

/** A template whose value is a string of JSON. Ids and keys need no escapes. */
function quoted(template: string): string {
  return JSON.stringify(template).replace(/\{\{\s*payload\s*\}\}/g, '{{payloadJson}}');
}
