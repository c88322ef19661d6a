/** Checks of what requests carry: one thing, from files that are there, told by the headers that belong to it. */
import { checkFile } from '../../schema/check-file.ts';
import type { TargetCheck } from '../protocol-definition.ts';
import { largestBodyFileBytes } from './form.ts';
import type { WrittenRequests } from './request-schema.ts';

interface SendingTarget {
  readonly engine: string;
  readonly requests?: WrittenRequests | undefined;
}

export function checkBodies({ report, directory }: TargetCheck, { engine, requests = {} }: SendingTarget): void {
  for (const [operation, { body, multipart, headers }] of Object.entries(requests)) {
    const here = ['requests', operation];
    const fileAt = (file: string, path: readonly string[]) =>
      checkFile(directory, file, [...here, ...path, 'file'], report, { mostBytes: largestBodyFileBytes });
    if (typeof body === 'object') fileAt(body.file, ['body']);
    for (const [name, part] of Object.entries(multipart ?? {})) {
      if (typeof part === 'object' && 'file' in part) fileAt(part.file, ['multipart', name]);
    }
    if (multipart === undefined) {
      if (typeof body === 'object') refuseEngine('body');
      continue;
    }
    refuseEngine('multipart');
    if (body !== undefined) {
      report({ path: [...here, 'multipart'], message: 'and body exclude each other', atKey: true });
    }
    const typed = Object.keys(headers).find((name) => name.toLowerCase() === 'content-type');
    if (typed !== undefined) {
      const message = 'is what multipart sets, with its boundary; leave it out';
      report({ path: [...here, 'headers', typed], message, atKey: true });
    }

    function refuseEngine(key: string): void {
      if (engine === 'native') return;
      const message = `of a file or a form is for the native engine, not ${engine}`;
      report({ path: [...here, key], message, atKey: true });
    }
  }
}
