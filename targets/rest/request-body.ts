/** What a request carries: text with the values of an operation, a file just as it is, or a form of both. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { NamedFileError, readNamedFile } from '../../scenarios/named-file.ts';
import { largestBodyFileBytes, multipartBoundary } from '../../scenarios/protocols/rest/form.ts';
import type { FormPart, RestRequest } from '../../scenarios/protocols/rest/target.ts';
import type { Call } from '../driver.ts';
import { type BodyTemplate, bodyTemplate } from '../driver-kit/encoded-body.ts';
import { compileTemplate } from '../driver-kit/request-template.ts';

/** null: the request has none. Throws a BenchError (exit 2) for a file that can no longer be read. */
export function requestBody({ body, bodyFile, encoded, multipart }: RestRequest): BodyTemplate | null {
  if (bodyFile !== undefined) return new FixedBody(fileBytes(bodyFile));
  if (multipart !== undefined) return formBody(multipart);
  return body === undefined ? null : bodyTemplate(body, encoded);
}

/** RFC 7578. */
function formBody(parts: readonly FormPart[]): BodyTemplate {
  const boundary = multipartBoundary(parts);
  const pieces = parts.flatMap((part): BodyTemplate[] => {
    const { name, file, filename, contentType, text = '' } = part;
    const head = [
      `--${boundary}`,
      `content-disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}`,
      ...(contentType === undefined ? [] : [`content-type: ${contentType}`]),
    ];
    const content = file === undefined ? compileTemplate(text) : new FixedBody(fileBytes(file));
    return [fixed(`${head.join('\r\n')}\r\n\r\n`), content, fixed('\r\n')];
  });
  return new JoinedBody([...pieces, fixed(`--${boundary}--\r\n`)]);
}

function fixed(text: string): BodyTemplate {
  return new FixedBody(Buffer.from(text));
}

function fileBytes(path: string): Buffer {
  try {
    return readNamedFile(path, largestBodyFileBytes);
  } catch (cause) {
    if (!(cause instanceof NamedFileError)) throw cause;
    throw new BenchError('unusableRequest', `This request cannot be sent: "${path}" ${cause.message}`, {
      hint: 'Files that requests name are read before each trial: keep them in place until the run ends.',
      exitCode: exitCodes.usage,
      cause,
    });
  }
}

class FixedBody implements BodyTemplate {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byteLength(): number {
    return this.#bytes.length;
  }

  writeTo(buffer: Buffer, offset: number): number {
    return offset + this.#bytes.copy(buffer, offset);
  }

  bytes(): Buffer {
    return this.#bytes;
  }
}

class JoinedBody implements BodyTemplate {
  readonly #pieces: readonly BodyTemplate[];

  constructor(pieces: readonly BodyTemplate[]) {
    this.#pieces = pieces;
  }

  byteLength(call: Call, payload?: Buffer): number {
    let bytes = 0;
    for (const piece of this.#pieces) bytes += piece.byteLength(call, payload);
    return bytes;
  }

  writeTo(buffer: Buffer, offset: number, call: Call, payload?: Buffer): number {
    let at = offset;
    for (const piece of this.#pieces) at = piece.writeTo(buffer, at, call, payload);
    return at;
  }

  bytes(call: Call, payload?: Buffer): Buffer {
    const buffer = Buffer.allocUnsafe(this.byteLength(call, payload));
    this.writeTo(buffer, 0, call, payload);
    return buffer;
  }
}
