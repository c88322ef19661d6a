/** Checks of a queue's target: what is acknowledged when, who logs in, properties that the harness needs for itself. */
import type { z } from 'zod';
import { isHandedOver } from '../../../result/patterns.ts';
import { queueDefaults } from '../../schema/client-settings.ts';
import type { ClientSettingsName } from '../../target-base.ts';
import type { TargetCheck } from '../protocol-definition.ts';
import type { queueRequest } from './request-schema.ts';

interface Acknowledging {
  readonly settings?: ClientSettingsName | undefined;
  readonly address?: string | undefined;
  readonly ack: 'manual' | 'auto';
  readonly prefetch?: number | undefined;
  readonly onRefusal?: string | undefined;
  readonly ackBatch?: { readonly every: number } | undefined;
  readonly confirms?: boolean | undefined;
  readonly confirmWindow?: number | undefined;
}

export function checkAcknowledgements({ has, report }: TargetCheck, target: Acknowledging): void {
  const usual = queueDefaults(target);
  const { address, ack, prefetch = usual.prefetch, confirms = usual.confirms } = target;
  const { onRefusal = 'drop', ackBatch, confirmWindow } = target;
  const complain = (key: string, message: string) => report({ path: [key], message, atKey: true });
  if (confirmWindow !== undefined && !confirms) {
    complain('confirmWindow', 'bounds what is not yet confirmed; with confirms: false nothing is');
  }
  if (ack === 'auto' && has(['prefetch'])) {
    complain('prefetch', 'bounds what is not yet acknowledged; with ack: auto nothing is');
  }
  if (address !== undefined) return;
  if (ack === 'auto' && onRefusal !== 'drop') {
    complain('onRefusal', 'with ack: auto the broker has forgotten a message by then; it can only be drop');
  }
  if (ackBatch === undefined) return;
  if (ack === 'auto') complain('ackBatch', 'gathers acknowledgements; with ack: auto there are none');
  else if (ackBatch.every > prefetch) {
    const message = `${ackBatch.every} never come together: prefetch lets ${prefetch} be unacknowledged`;
    report({ path: ['ackBatch', 'every'], message });
  }
}

interface Queued {
  readonly settings?: ClientSettingsName | undefined;
  readonly ack: 'manual' | 'auto';
  readonly durable?: boolean | undefined;
  readonly onRefusal?: string | undefined;
  readonly instances?: number | undefined;
  readonly consumers?: number | undefined;
  readonly ackBatch?: object | undefined;
  readonly queue?:
    | {
        readonly type: string;
        readonly deliveryLimit?: number | undefined;
        readonly startAt?: string | undefined;
      }
    | undefined;
}

export function checkQueueKind({ report }: TargetCheck, target: Queued): void {
  const { queue, durable = queueDefaults(target).durable, ack, onRefusal } = target;
  if (queue === undefined) return;
  if (queue.type !== 'classic' && !durable) {
    report({ path: ['queue', 'type'], message: `${queue.type} queues are durable; leave durable: false out` });
  }
  if (queue.type === 'stream') checkStream(report, target);
  else if (queue.startAt !== undefined) {
    const message = `is of streams; a ${queue.type} queue gives out what it has`;
    report({ path: ['queue', 'startAt'], message, atKey: true });
  }
  if (queue.deliveryLimit === undefined) return;
  const complain = (message: string) => report({ path: ['queue', 'deliveryLimit'], message, atKey: true });
  if (queue.type !== 'quorum')
    complain(
      `is of quorum queues; a ${queue.type} ${queue.type === 'stream' ? 'takes nothing back' : 'one gives a message out for ever'}`,
    );
  else if (ack === 'auto') complain('counts what comes back; with ack: auto nothing does');
  else if (onRefusal !== undefined && onRefusal !== 'requeue') {
    complain(`counts what comes back; with onRefusal: ${onRefusal} nothing does`);
  }
}

/** What RabbitMQ refuses of a stream, or what has no meaning there. */
function checkStream(report: TargetCheck['report'], { ack, ackBatch, instances = 1, consumers = 1 }: Queued): void {
  if (ack === 'auto') {
    report({ path: ['ack'], message: 'must be manual with a stream: acknowledgements make room for more' });
  }
  if (ackBatch !== undefined) {
    const message = 'is of queues; on a stream an acknowledgement only makes room for more';
    report({ path: ['ackBatch'], message, atKey: true });
  }
  for (const [key, count] of Object.entries({ instances, consumers })) {
    if (count > 1) report({ path: [key], message: 'must be 1 with a stream: each would read all of it' });
  }
}

const credentials = ['user', 'password', 'vhost'] as const;

/** What the address says as well would be said twice. */
export function checkCredentials(
  { report }: TargetCheck,
  target: { readonly [Key in (typeof credentials)[number]]?: string | undefined },
  address: string,
): void {
  const url = URL.parse(address);
  const said = { user: url?.username, password: url?.password, vhost: url?.pathname.replace(/^\/$/, '') };
  for (const key of credentials) {
    if (target[key] === undefined || !said[key]) continue;
    report({ path: [key], message: 'is in the address already; only one of them can be', atKey: true });
  }
  if (target.password !== undefined && target.user === undefined && !said.user) {
    report({ path: ['password'], message: 'needs user beside it', atKey: true });
  }
}

interface Sending {
  readonly requests?: Readonly<Record<string, z.output<typeof queueRequest>>> | undefined;
  readonly reply?: object | undefined;
  readonly replies?: 'queue' | 'direct' | undefined;
  readonly consume: unknown;
  readonly compression: unknown;
}

/** Without a queue there is nothing to name, nor to consume. */
export function checkReplies({ report }: TargetCheck, target: Sending): void {
  if (target.replies !== 'direct') return;
  for (const key of ['reply', 'consume'] as const) {
    if (!target[key]) continue;
    report({ path: [key], message: 'and replies: direct exclude each other', atKey: true });
  }
}

/** Consumed is the queue to which the default exchange leads: its name must be known. */
export function checkConsumed({ report }: TargetCheck, { consume, requests }: Sending): void {
  if (consume !== true) return;
  for (const [name, { exchange, routingKey }] of Object.entries(requests ?? {})) {
    if (exchange !== '') {
      const message = 'leads to no queue that is known with consume: true';
      const suggestion =
        'leave it out, so that routingKey names the queue, or consume by bind: { exchange, routingKey }';
      report({ path: ['requests', name, 'exchange'], message, suggestion });
    } else if (routingKey.includes('{{')) {
      const message = 'must be known with consume: true; without {{…}}';
      report({ path: ['requests', name, 'routingKey'], message });
    }
  }
}

/** By the correlation id the harness knows what comes back: returned, delivered or answered. */
export function checkProperties({ patternOf, report }: TargetCheck, target: Sending): void {
  for (const [name, request] of Object.entries(target.requests ?? {})) {
    const { properties, mandatory } = request;
    if (properties === undefined) continue;
    const refuse = (key: keyof NonNullable<typeof properties>, message: string) => {
      if (properties[key] !== undefined) report({ path: ['requests', name, 'properties', key], message, atKey: true });
    };
    const isDirect = target.replies === 'direct';
    const isAnswered = (target.reply !== undefined || isDirect) && !isHandedOver(patternOf(name));
    if (isAnswered) refuse('replyTo', `is ${isDirect ? 'for direct replies' : 'the queue of `reply`'} here`);
    if (isAnswered || target.consume !== false) {
      refuse('correlationId', 'is the harness’s own, with consume and reply: by it what comes back is known');
    } else if (mandatory) {
      refuse('correlationId', 'needs mandatory: false; by its own the harness knows what came back unroutable');
    }
    if (target.compression !== 'none') refuse('contentEncoding', 'is what `compression` says');
  }
}
