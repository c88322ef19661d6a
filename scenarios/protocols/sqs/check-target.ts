/** Checks of an SQS target: what SQS itself would refuse, and what would never come back. */
import type { TargetCheck } from '../protocol-definition.ts';

interface Receiving {
  readonly waitTime: number;
  readonly visibilityTimeout: number;
  readonly maxReceives?: number | undefined;
  readonly onRefusal?: string | undefined;
}

export function checkReceives({ report }: TargetCheck, target: Receiving): void {
  for (const key of ['waitTime', 'visibilityTimeout'] as const) {
    if (target[key] % 1_000 === 0) continue;
    report({ path: [key], message: 'must be whole seconds: SQS knows no shorter ones', atKey: true });
  }
  if (target.onRefusal === 'drop' && target.maxReceives !== undefined) {
    report({ path: ['maxReceives'], message: 'has no meaning beside onRefusal: drop, which deletes it', atKey: true });
  }
}

const mostEntries = 10;
const mostRequestBytes = 1_048_576;

interface Sending {
  readonly address?: string | undefined;
  readonly via: string;
  readonly client: string;
  readonly batch?: { readonly maxMessages: number; readonly maxBytes: number } | undefined;
  readonly requests?: Readonly<Record<string, { readonly queue: string }>> | undefined;
  readonly consume: boolean;
}

export function checkSending({ report }: TargetCheck, target: Sending): void {
  const { address, via, client, batch, requests = {}, consume } = target;
  if (batch !== undefined && batch.maxMessages > mostEntries) {
    report({
      path: ['batch', 'maxMessages'],
      message: `can be ${mostEntries} at most: more SQS does not take at once`,
    });
  }
  if (batch !== undefined && batch.maxBytes > mostRequestBytes) {
    report({ path: ['batch', 'maxBytes'], message: 'can be 1MiB at most: more SQS does not take at once' });
  }
  for (const [name, { queue }] of Object.entries(requests)) {
    if (queue.includes('{{')) {
      report({ path: ['requests', name, 'queue'], message: 'cannot have {{…}}: queues are looked up before the load' });
    }
  }
  if (consume && new Set(Object.values(requests).map(({ queue }) => queue)).size > 1) {
    report({ path: ['consume'], message: 'needs all requests to go to one queue', atKey: true });
  }
  if (client === 'aws-sdk' && address?.startsWith('https:') && via === 'toxiproxy') {
    const message = 'aws-sdk dials the address by itself, past the proxy; write via: direct beside it';
    report({ path: ['client'], message });
  }
}

/** For what a message carries beside its body: names and values of attributes count. */
const roomForAttributes = 512;

interface Carrying {
  readonly codec?: string | undefined;
  readonly compression: unknown;
  readonly requests?: Readonly<Record<string, { readonly body: string }>> | undefined;
}

/** A message has the bounds of a request. What is packed may well fit, and how far it packs is not known here. */
export function checkPayloads({ operationNames, payloadOf, report }: TargetCheck, target: Carrying): void {
  const { codec = 'json', compression, requests } = target;
  if (compression !== 'none' && compression !== undefined) return;
  for (const operation of operationNames) {
    const payload = payloadOf(operation);
    const isSent = requests === undefined || requests[operation]?.body.includes('{{payload}}') === true;
    if (payload === null || !isSent) continue;
    const isText = requests !== undefined || codec === 'json';
    const bytes = isText ? payload.bytes : Math.ceil(payload.bytes / 3) * 4;
    if (bytes + roomForAttributes <= mostRequestBytes) continue;
    const packed = isText ? '' : ` (${bytes} in base64)`;
    const message = `takes messages of at most ${mostRequestBytes} bytes (1 MiB), attributes included; payload ${payload.name} of ${operation} has ${payload.bytes}${packed}`;
    report({ path: ['broker'], message });
  }
}

interface Signing {
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  readonly sessionToken?: string | undefined;
}

export function checkSigning({ report }: TargetCheck, target: Signing): void {
  const { accessKeyId, secretAccessKey, sessionToken } = target;
  const needs = (key: keyof Signing, other: string) =>
    report({ path: [key], message: `needs ${other} beside it`, atKey: true });
  if (accessKeyId !== undefined && secretAccessKey === undefined) needs('accessKeyId', 'secretAccessKey');
  if (secretAccessKey !== undefined && accessKeyId === undefined) needs('secretAccessKey', 'accessKeyId');
  if (sessionToken !== undefined && accessKeyId === undefined) needs('sessionToken', 'accessKeyId');
}
