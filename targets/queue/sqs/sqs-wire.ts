/** The bytes of SQS requests in its JSON protocol, signed (Signature Version 4) where there are credentials. */
import aws4 from 'aws4';
import type { SqsTarget } from '../../../scenarios/scenario.ts';
import type { Endpoint } from '../../driver-kit/client-socket.ts';

export type SqsAction =
  | 'CreateQueue'
  | 'DeleteQueue'
  | 'GetQueueUrl'
  | 'GetQueueAttributes'
  | 'SendMessage'
  | 'SendMessageBatch'
  | 'ReceiveMessage'
  | 'DeleteMessageBatch'
  | 'ChangeMessageVisibilityBatch';

/** Most entries of a request, and most messages of an answer. */
export const mostEntries = 10;
/** Of a message with its attributes, and of all of a request together. */
export const mostMessageBytes = 1_048_576;

const contentType = 'application/x-amz-json-1.0';

export interface SqsSigning {
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

export class SqsWire {
  readonly #endpoint: Pick<Endpoint, 'authority' | 'path'>;
  readonly #signing: SqsSigning | null;
  /** By action: all before the length of the body. */
  readonly #heads = new Map<SqsAction, string>();

  /** `signing`: null, requests are not signed. */
  constructor(endpoint: Pick<Endpoint, 'authority' | 'path'>, signing: SqsSigning | null) {
    this.#endpoint = endpoint;
    this.#signing = signing;
  }

  /** `json`: the input of the action. */
  bytes(action: SqsAction, json: string): Buffer {
    const body = Buffer.from(json);
    const head = this.#signing === null ? this.#head(action) : this.#signedHead(this.#signing, action, body);
    return Buffer.concat([Buffer.from(`${head}content-length: ${body.length}\r\n\r\n`, 'latin1'), body]);
  }

  get #path(): string {
    return this.#endpoint.path === '' ? '/' : this.#endpoint.path;
  }

  #head(action: SqsAction): string {
    const known = this.#heads.get(action);
    if (known !== undefined) return known;
    const head = headText(this.#path, { host: this.#endpoint.authority, ...headersOf(action) });
    this.#heads.set(action, head);
    return head;
  }

  #signedHead({ region, credentials }: SqsSigning, action: SqsAction, body: Buffer): string {
    const { headers = {} } = aws4.sign(
      {
        ...{ method: 'POST', path: this.#path, service: 'sqs', region, body },
        headers: { host: this.#endpoint.authority, ...headersOf(action) },
      },
      credentials,
    );
    const { 'Content-Length': _length, ...rest } = headers;
    return headText(this.#path, rest);
  }
}

function headersOf(action: SqsAction) {
  return { 'content-type': contentType, 'x-amz-target': `AmazonSQS.${action}` };
}

function headText(path: string, headers: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}`;
}

/** null: the target has no credentials, as our own ElasticMQ needs none. */
export function signingOf(target: SqsTarget): SqsSigning | null {
  const { address = '', accessKeyId, secretAccessKey, sessionToken } = target;
  if (accessKeyId === undefined || secretAccessKey === undefined) return null;
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
  return { region: target.region ?? regionOf(address) ?? 'us-east-1', credentials };
}

/** As the host of Amazon's own endpoints says; null: it does not. */
export function regionOf(address: string): string | null {
  return (
    /\bsqs\.([a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws\.com|api\.aws)/.exec(URL.parse(address)?.hostname ?? '')?.[1] ?? null
  );
}
