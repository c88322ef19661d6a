/**
 * Clients with caches: a session that shows what its clients have kept, asks whether it still holds (If-None-Match), or asks
 * anew; a session of the same protocol beneath does the asking. Of caches elsewhere, and of none, it tells what answers show.
 */
import { monotonicNowUs } from '../../../result/monotonic-clock.ts';
import type { BodyBytes, Completion, HttpCounts } from '../../../result/result-types.ts';
import type { CacheSettings } from '../../../scenarios/cache-settings.ts';
import type { RestRequest } from '../../../scenarios/scenario.ts';
import {
  type AnswerFrom,
  answerSources,
  type CacheCounts,
  type Call,
  type DriverContext,
  outcomes,
  type Session,
} from '../../driver.ts';
import { connectionShare } from '../../driver-kit/connection-keeper.ts';
import { compileTemplate, type RequestTemplate } from '../../driver-kit/request-template.ts';
import type { AnswerSource } from '../rest-connection.ts';
import { type CachingHead, cachingHead } from './answer-head.ts';
import { ClientCache, type KeptAnswer } from './client-cache.ts';
import { clientOf } from './client-of.ts';

/** Takes an answer that is as expected, before its completion is reported. */
export type TakeAnswer = (slot: number, status: number, answer: AnswerSource) => void;
/** Opens the session beneath, which keeps the bodies where `keepsBodies`. */
export type OpenBeneath = (context: DriverContext, take: TakeAnswer, keepsBodies: boolean) => Promise<Session>;

const notModified = 304;
/** Neither is a whole answer. */
const partialStatuses = [206, notModified];
/** RFC 9110 §9.2.1: they change nothing, so that nothing is dropped. */
const safeMethods = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

/** Rejects as `open` does. */
export async function openCached(context: DriverContext, settings: CacheSettings, open: OpenBeneath): Promise<Session> {
  const session = new CachedSession(context, settings);
  session.beneath = await open(session.contextBeneath(), (...answer) => session.take(...answer), session.keepsBodies);
  return session;
}

/** What a slot is about. */
interface Asked {
  readonly cache: ClientCache;
  readonly address: string;
  /** As it was when it was asked; null: none. */
  readonly kept: KeptAnswer | null;
  readonly isRead: boolean;
  readonly isChange: boolean;
  readonly askedUs: number;
}

class CachedSession implements Session {
  beneath: Session | null = null;
  readonly #context: DriverContext;
  /** A client each; []: they keep nothing. */
  readonly #caches: readonly ClientCache[];
  /** Shown without asking, whatever a service allows: 0 where each read is asked about. */
  readonly #mostSeconds: number;
  /** By operation. */
  readonly #addresses: readonly RequestTemplate[];
  /** By operation, whether it is a read, and which headers make its answers differ from call to call. */
  readonly #isRead: readonly boolean[];
  readonly #isChange: readonly boolean[];
  readonly #varying: readonly (readonly string[])[];
  /** Of the session beneath; an operation that asks whether what is kept still holds comes behind all others. */
  readonly #calls: readonly Call[];
  readonly #tags: Buffer[];
  readonly #asked: (Asked | null)[];
  /** Slots that are shown what is kept, in the next turn. */
  #hits: number[] = [];
  readonly #showHits = (): void => this.#show();
  #sameUnderNewTag = 0;

  constructor(context: DriverContext, settings: CacheSettings) {
    const { operations, calls, worker, workers } = context;
    const requests = operations.map(({ request }) => request as RestRequest);
    const isKept = settings.at === 'client' && settings.kind !== 'none';
    const clients = isKept ? connectionShare(settings.clients, worker, workers) : 0;
    this.#context = context;
    this.#caches = Array.from({ length: clients }, () => new ClientCache(settings));
    this.#mostSeconds = settings.maxAgeSeconds;
    this.#addresses = requests.map(({ path }) => compileTemplate(path));
    this.#isRead = requests.map(({ method }) => method === 'GET');
    this.#isChange = requests.map(({ method }) => !safeMethods.includes(method));
    this.#varying = requests.map(({ headers }) => varyingNames(headers));
    this.#calls = isKept ? calls.map((call) => ({ ...call })) : calls;
    this.#tags = calls.map(() => Buffer.alloc(0));
    this.#asked = calls.map(() => null);
  }

  get keepsBodies(): boolean {
    return this.#caches.length > 0;
  }

  contextBeneath(): DriverContext {
    const { operations, payloads } = this.#context;
    if (!this.keepsBodies) return this.#context;
    const asking = operations.map((operation) => ({
      ...operation,
      index: operation.index + operations.length,
      request: withTag(operation.request as RestRequest),
    }));
    return {
      ...this.#context,
      calls: this.#calls,
      operations: [...operations, ...asking],
      payloads: [...payloads, ...asking.map(() => this.#tags)],
    };
  }

  start(slot: number): void {
    const call = this.#context.calls[slot];
    if (call === undefined) return;
    if (!this.keepsBodies) {
      this.beneath?.start(slot);
      return;
    }
    const asked = this.#ask(call);
    this.#asked[slot] = asked;
    if (isFresh(asked)) {
      if (this.#hits.push(slot) === 1) setImmediate(this.#showHits);
    } else this.#askBeneath(slot, call, asked);
  }

  #askBeneath(slot: number, call: Call, { kept }: Asked): void {
    const beneath = Object.assign(this.#calls[slot] as Call, call);
    const tag = kept?.tag ?? null;
    if (tag !== null) {
      this.#tags[slot] = Buffer.from(tag, 'latin1');
      beneath.payload = slot;
      beneath.operation += this.#addresses.length;
    }
    this.beneath?.start(slot);
  }

  #ask(call: Call): Asked {
    const { operation, sequence, payload } = call;
    const address = this.#addresses[operation]?.text(call, this.#context.payloads[operation]?.[payload]) ?? '';
    const cache = this.#caches[clientOf(sequence, this.#caches.length)] as ClientCache;
    const isRead = this.#isRead[operation] === true;
    const isChange = this.#isChange[operation] === true;
    return { cache, address, kept: isRead ? cache.get(address) : null, isRead, isChange, askedUs: monotonicNowUs() };
  }

  #show(): void {
    const hits = this.#hits;
    this.#hits = [];
    for (const slot of hits) {
      const asked = this.#asked[slot];
      const call = this.#context.calls[slot];
      // Nobody waits for it any more, or the slot is another's by now, which is asked about.
      if (asked === null || asked === undefined || call === undefined || !isFresh(asked)) continue;
      // What came in the meantime is known by now: an answer that is newer, or a change of its own.
      const now = { ...asked, kept: asked.cache.get(asked.address), askedUs: monotonicNowUs() };
      if (!isFresh(now)) {
        this.#asked[slot] = now;
        this.#askBeneath(slot, call, now);
        continue;
      }
      this.#asked[slot] = null;
      this.#tell(slot, now.kept?.version ?? 0, answerSources.hit);
      this.#context.sink.completed(slot, outcomes.ok, '', false);
    }
  }

  take(slot: number, status: number, answer: AnswerSource): void {
    const head = cachingHead(answer.head?.() ?? '');
    const asked = this.#asked[slot];
    if (asked === null || asked === undefined) {
      this.#tellOfOthers(slot, head);
      return;
    }
    this.#asked[slot] = null;
    if (!asked.isRead) {
      if (asked.isChange) asked.cache.changed(asked.address, monotonicNowUs());
      this.#tell(slot, head.version, answerSources.notRead);
    } else if (status === notModified && asked.kept !== null) {
      const { tag, version, body } = asked.kept;
      const maxAgeSeconds = head.maxAgeSeconds ?? asked.kept.maxAgeSeconds;
      this.#keep(slot, asked, { ...head, tag, version, maxAgeSeconds }, body);
      this.#tell(slot, version, answerSources.revalidated);
    } else this.#takeNew(slot, asked, head, partialStatuses.includes(status) ? null : (answer.body ?? null));
  }

  #takeNew(slot: number, asked: Asked, head: CachingHead, body: Buffer | null): void {
    const { kept } = asked;
    if (body !== null) this.#keep(slot, asked, head, body);
    if (kept !== null && body !== null && kept.tag !== head.tag && kept.body.equals(body)) this.#sameUnderNewTag++;
    this.#tell(slot, head.version, kept === null ? answerSources.miss : answerSources.replaced);
  }

  #keep(slot: number, { cache, address, askedUs }: Asked, head: CachingHead, body: Buffer): void {
    const { tag, version, ageSeconds } = head;
    const maxAgeSeconds = head.maxAgeSeconds ?? 0;
    const freshSeconds = Math.min(this.#mostSeconds, Math.max(0, maxAgeSeconds - ageSeconds));
    if (!this.#mayKeep(slot, head) || (tag === null && freshSeconds === 0)) {
      cache.drop(address);
      return;
    }
    cache.keep(address, { tag, version, body, askedUs, maxAgeSeconds, freshUntilUs: askedUs + freshSeconds * 1e6 });
  }

  #mayKeep(slot: number, { mayBeKept, varies }: CachingHead): boolean {
    const varying = this.#varying[this.#context.calls[slot]?.operation ?? 0] ?? [];
    return mayBeKept && !varies.some((name) => name === '*' || varying.includes(name));
  }

  /** Of a gateway's cache, which says what it did (RFC 9211), or of none. */
  #tellOfOthers(slot: number, { version, status }: CachingHead): void {
    const isRead = this.#isRead[this.#context.calls[slot]?.operation ?? 0] === true;
    this.#tell(slot, version, isRead ? sourceIn(status) : answerSources.notRead);
  }

  /** The tags of an own system are its own business. */
  #tell(slot: number, version: number, from: AnswerFrom): void {
    const { sink, target } = this.#context;
    sink.shown?.(slot, target.address === undefined ? version : 0, from);
  }

  abort(slot: number): void {
    this.#asked[slot] = null;
    this.beneath?.abort(slot);
  }

  completion(operation: number): Completion {
    return (this.beneath as Session).completion(operation);
  }

  bodyBytes(): BodyBytes | null {
    return this.beneath?.bodyBytes?.() ?? null;
  }

  httpCounts(): HttpCounts | null {
    return this.beneath?.httpCounts?.() ?? null;
  }

  cacheCounts(): CacheCounts | null {
    if (!this.keepsBodies) return null;
    const sum = (of: (cache: ClientCache) => number) => this.#caches.reduce((total, cache) => total + of(cache), 0);
    return {
      entries: sum(({ entries }) => entries),
      bytes: sum(({ bytes }) => bytes),
      evicted: sum(({ evicted }) => evicted),
      sameUnderNewTag: this.#sameUnderNewTag,
    };
  }

  reconnects(): number {
    return this.beneath?.reconnects() ?? 0;
  }

  async close(): Promise<void> {
    await this.beneath?.close();
  }
}

function isFresh({ kept, askedUs }: Asked): boolean {
  return kept !== null && askedUs < kept.freshUntilUs;
}

/** The tag stands in the payload's place: what asks has none of its own. */
function withTag(request: RestRequest): RestRequest {
  const { headers, expect } = request;
  return {
    ...request,
    headers: { ...headers, 'if-none-match': '{{payload}}' },
    expect: { status: [...expect.status, notModified] },
  };
}

function varyingNames(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).flatMap(([name, value]) => (value.includes('{{') ? name.toLowerCase() : []));
}

function sourceIn(status: string | null): AnswerFrom {
  if (status === null) return answerSources.miss;
  if (/;\s*hit\b/.test(status)) return answerSources.hit;
  if (/fwd-status=304/.test(status)) return answerSources.revalidated;
  return /fwd=stale/.test(status) ? answerSources.replaced : answerSources.miss;
}
