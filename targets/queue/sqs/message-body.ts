/** Bodies of SQS messages, which are text: what is not, travels in base64, and an attribute says so. */
import type { BodyCodec } from '../../driver-kit/body-codec.ts';

/** Attributes of ours: they ride beside whatever a user's own messages have. */
export const sqsAttributes = {
  id: 'wirebench-id',
  correlation: 'wirebench-correlation',
  replyQueue: 'wirebench-reply-queue',
  /** In the order in which it was done: `gzip, base64`. */
  encoding: 'content-encoding',
} as const;

/** SQS takes no empty body. */
const emptyBody = { text: '-', encoding: 'empty' } as const;

export interface TextBody {
  readonly text: string;
  /** null: the text is the body. */
  readonly encoding: string | null;
}

/** `isText`: what is not packed is UTF-8. */
export function textBody(body: Buffer, codec: BodyCodec | null, isText: boolean): TextBody {
  if (body.length === 0) return emptyBody;
  if (codec?.packs(body.length)) {
    return { text: codec.pack(body).toString('base64'), encoding: `${codec.encoding}, base64` };
  }
  return isText ? { text: body.toString(), encoding: null } : { text: body.toString('base64'), encoding: 'base64' };
}

/** Throws where it does not unpack, or is packed and nobody here packs. */
export function bodyOf({ text, encoding }: TextBody, codec: BodyCodec | null): Buffer {
  if (encoding === null) return Buffer.from(text);
  if (encoding === emptyBody.encoding) return Buffer.alloc(0);
  const bytes = Buffer.from(text, 'base64');
  if (encoding === 'base64') return bytes;
  if (codec === null) throw new Error(`nobody asked for ${encoding}`);
  return codec.unpack(bytes, encoding.replace(/, base64$/, ''));
}
