/** What answers to calls of a deprecated version say of its end, in the words of RFC 9745 and RFC 8594. */
import { type ApiVersion, type Deprecation, firstVersion } from '../../scenarios/api-versions.ts';

export const noticeHeaders = { deprecation: 'deprecation', sunset: 'sunset' } as const;

/** By name, in lower case. */
export type Notice = Readonly<Record<string, string>>;

export const noNotice: Notice = {};

export class Notices {
  readonly #version: ApiVersion | null;
  readonly #notice: Notice;

  constructor(deprecated: Deprecation | undefined) {
    this.#version = deprecated?.version ?? null;
    this.#notice = deprecated === undefined ? noNotice : noticeOf(deprecated);
  }

  /** Of answers to calls of this version; null: they say nothing. */
  of(version: ApiVersion = firstVersion): Notice | null {
    return version === this.#version ? this.#notice : null;
  }
}

/** `@1767225600`, and a date of HTTP. */
function noticeOf({ since, sunset }: Deprecation): Notice {
  return {
    [noticeHeaders.deprecation]: `@${Date.parse(since) / 1e3}`,
    ...(sunset !== undefined && { [noticeHeaders.sunset]: new Date(sunset).toUTCString() }),
  };
}
