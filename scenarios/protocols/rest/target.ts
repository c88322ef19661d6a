/** A target of HTTP, and what its own system is sent. */
import type { CacheSettings } from '../../cache-settings.ts';
import type { BodyCodecName, BodyCompression, EncodedBody, PayloadCodec } from '../../codecs.ts';
import type { TargetBase } from '../../target-base.ts';

/** Whose code speaks the protocol: the harness's own, or the library that somebody asks about. */
export type RestClient = 'own' | 'undici';

export interface RestTarget extends TargetBase {
  readonly protocol: 'rest';
  /** The version that is spoken to an own system; absent: 1.1. */
  readonly http?: 1 | 2;
  readonly connections: number;
  /** Requests after which a connection is closed, and dialled anew by the next; absent: no bound. */
  readonly reuse?: number;
  /** Of the native engine; absent: `own`. */
  readonly client?: RestClient;
  /** Of what our service takes and answers; absent: json. */
  readonly codec?: PayloadCodec;
  /** Of bodies, told by content-encoding and asked for by accept-encoding; absent: none. */
  readonly compression?: BodyCompression<BodyCodecName>;
  /** Of reads; absent: nothing is kept, and nobody looks at what they show. */
  readonly cache?: CacheSettings;
  /** Hops of an attempt, at most; absent: a redirect is an answer as others. */
  readonly followRedirects?: number;
  /** Of an own system, unless a request has its own; absent: none. */
  readonly userAgent?: string;
  readonly requests?: Readonly<Record<string, RestRequest>>;
}

/** Strings may hold what `templateVariables` lists, in braces: {{id}}, {{payload}} … */
export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** In its place: absolute path of a file that is sent as it is. */
  readonly bodyFile?: string;
  /** In its place. */
  readonly multipart?: readonly FormPart[];
  /** In its place, of a reference target. */
  readonly encoded?: EncodedBody;
  readonly expect: { readonly status: readonly number[] };
}

/** A field of a form: text, which may hold {{…}}, or a file that is sent as it is. */
export interface FormPart {
  readonly name: string;
  readonly text?: string;
  /** Absolute path. */
  readonly file?: string;
  readonly filename?: string;
  readonly contentType?: string;
}
