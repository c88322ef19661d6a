/** Checks of what an own broker is sent: properties that the harness needs for itself, topics that must be known. */

import { ownValue } from '../../result/own-value.ts';
import { isHandedOver } from '../../result/patterns.ts';
import type { CheckContext, FileTarget } from './check-context.ts';
import type { Path } from './problem.ts';

type Queue = Extract<FileTarget, { protocol: 'queue' }>;
type Stream = Extract<FileTarget, { protocol: 'stream' }>;

export function checkMessages(context: CheckContext, target: FileTarget, path: Path): void {
  if (target.protocol === 'queue') checkProperties(context, target, path);
  if (target.protocol === 'stream') checkTopics(context, target, path);
}

/** By the correlation id the harness knows what comes back: returned, delivered or answered. */
function checkProperties({ file, report }: CheckContext, target: Queue, path: Path): void {
  for (const [name, request] of Object.entries(target.requests ?? {})) {
    const { properties, mandatory } = request ?? {};
    if (properties === undefined) continue;
    const refuse = (key: keyof NonNullable<typeof properties>, message: string) => {
      if (properties[key] !== undefined) {
        report({ path: [...path, 'requests', name, 'properties', key], message, atKey: true });
      }
    };
    const pattern = ownValue(file.workload?.operations, name)?.pattern ?? 'request-reply';
    const isAnswered = target.reply !== undefined && !isHandedOver(pattern);
    if (isAnswered) refuse('replyTo', 'is the queue of `reply` here');
    if (isAnswered || target.consume !== false) {
      refuse('correlationId', 'is the harness’s own, with consume and reply: by it what comes back is known');
    } else if (mandatory) {
      refuse('correlationId', 'needs mandatory: false; by its own the harness knows what came back unroutable');
    }
    if (target.compression !== undefined) refuse('contentEncoding', 'is what `compression` says');
  }
}

function checkTopics({ report }: CheckContext, target: Stream, path: Path): void {
  for (const [name, request] of Object.entries(target.requests ?? {})) {
    for (const [header, value] of Object.entries(request?.headers ?? {})) {
      if (value !== null || target.client !== 'kafkajs') continue;
      const message = 'needs a value: client kafkajs can send none without';
      report({ path: [...path, 'requests', name, 'headers', header], message });
    }
    if (!target.consume || !request?.topic?.includes('{{')) continue;
    const message = 'must be known with consume; without {{…}}';
    report({ path: [...path, 'requests', name, 'topic'], message });
  }
}
