/** Bodies of an own HTTP system that are more than text: files, and forms with files in them. */
import { hash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { lineText, object } from '../../schema/fields.ts';
import type { FormPart } from './target.ts';

export const largestBodyFileBytes = 16 * 1024 ** 2;

const quotable = (text: string) => !/["\\\r\n]/.test(text);
const unquotable = { error: 'has a quote or a backslash, which the form cannot carry' };
const mediaType = lineText
  .regex(/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(\s*;.*)?$/, { error: 'is not a media type, e.g. image/png' })
  .optional();

const filePart = object({
  file: z.string().min(1).describe('Its content, just as it is; relative to the scenario.'),
  filename: lineText.refine(quotable, unquotable).optional().describe('What the service is told. Left out: its name.'),
  contentType: mediaType.describe('MIME type of the part. Left out: application/octet-stream.'),
});
const textPart = object({
  text: z.string().describe('Its content.'),
  contentType: mediaType.describe('MIME type of the part. Left out: none is sent.'),
});

export const requestBodySchema = z
  .union([z.string(), object({ file: z.string().min(1).describe('Sent just as it is; relative to the scenario.') })], {
    error: 'expected text, or { file }',
  })
  .optional()
  .describe('Request body; text, or a file that is sent just as it is. Left out: none.');

export const multipartSchema = z
  .record(
    lineText.min(1).refine(quotable, unquotable),
    z.union([z.string(), filePart, textPart], { error: 'expected text, { file } or { text }' }),
  )
  .refine((parts) => Object.keys(parts).length > 0, { error: 'needs at least one field' })
  .optional()
  .describe(
    'A form (multipart/form-data) in place of a body: field → text, { file } or { text, contentType }. Left out: none.',
  );

type WrittenParts = NonNullable<z.output<typeof multipartSchema>>;

/** Files with absolute paths. */
export function resolveForm(parts: WrittenParts, directory: string): FormPart[] {
  return Object.entries(parts).map(([name, part]): FormPart => {
    if (typeof part === 'string') return { name, text: part };
    const { contentType } = part;
    if ('text' in part) return { name, text: part.text, ...(contentType !== undefined && { contentType }) };
    const { file, filename = basename(file) } = part;
    return { name, file: resolve(directory, file), filename, contentType: contentType ?? 'application/octet-stream' };
  });
}

/** The same for the same form, so that all its requests are as long. */
export function multipartBoundary(parts: readonly FormPart[]): string {
  const told = parts.map(({ name, filename = '' }) => [name, filename]);
  return `wirebench-${hash('sha256', JSON.stringify(told)).slice(0, 24)}`;
}
