/** Requests of an own HTTP system as the drivers take them: files by absolute paths, forms with the header that tells their boundary. */
import { resolve } from 'node:path';
import { multipartBoundary, resolveForm } from './form.ts';
import type { WrittenRequests } from './request-schema.ts';
import type { RestRequest } from './target.ts';

export function resolveRequests(written: WrittenRequests, directory: string): Record<string, RestRequest> {
  return Object.fromEntries(
    Object.entries(written).map(([operation, { body, multipart, ...request }]): [string, RestRequest] => {
      if (multipart !== undefined) {
        const parts = resolveForm(multipart, directory);
        const contentType = `multipart/form-data; boundary=${multipartBoundary(parts)}`;
        const headers = { ...request.headers, 'content-type': contentType };
        return [operation, { ...request, headers, multipart: parts }];
      }
      if (typeof body === 'object') return [operation, { ...request, bodyFile: resolve(directory, body.file) }];
      return [operation, { ...request, ...(body !== undefined && { body }) }];
    }),
  );
}
