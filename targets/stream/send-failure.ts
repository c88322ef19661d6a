/** What a batch's rejection means, whichever library rejected it. */
import { malformedAnswer } from '../driver-kit/guard-incoming.ts';

export interface SendFailure {
  /** Of few distinct values. */
  readonly reason: string;
  /** Sending it again may help. */
  readonly retryable: boolean;
  /** The connection is gone, or leads to a broker that is no longer the right one. */
  readonly cutOff: boolean;
  /** The library had no connection for it: nothing of the batch has left. */
  readonly unsent: boolean;
}

/** The properties by which both libraries' errors are told apart. */
interface KafkaErrorLike {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
  /** Of a refusal by the broker: its word for it. */
  readonly apiId?: unknown;
  readonly type?: unknown;
  readonly canRetry?: unknown;
  readonly retriable?: unknown;
}

const reasonsOfCodes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  ETIMEDOUT: 'connection timed out',
};
/** The broker asked is not (or no longer) the one that takes this partition's records. */
const stale = new Set(['NOT_LEADER_OR_FOLLOWER', 'NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE']);
/** What both libraries say before they have a connection. */
const noConnection =
  /^(Connection error: connect |Failed to connect|Connection timeout$|Not connected$|Connection to \S+ (failed|timed out)|Connection closed while waiting|Cannot get a connection|No brokers in the broker pool)/;
const longestReason = 80;
const refusal = { retryable: false, cutOff: false, unsent: false };

export function sendFailureOf(error: unknown): SendFailure {
  const chain = [...chainOf(error)];
  for (const { apiId, type, message, canRetry, retriable } of chain) {
    const word = nameOf(apiId ?? type, message);
    if (word === null) continue;
    return {
      reason: `kafka ${word}`,
      retryable: (canRetry ?? retriable) === true,
      cutOff: stale.has(word),
      unsent: false,
    };
  }
  if (chain.some(({ message }) => String(message ?? '').includes(malformedAnswer))) {
    return { reason: malformedAnswer, retryable: true, cutOff: true, unsent: false };
  }
  const unsent = chain.some(({ code, message }) => code === 'ECONNREFUSED' || noConnection.test(String(message ?? '')));
  for (const { code } of chain) {
    const reason = typeof code === 'string' ? reasonsOfCodes[code] : undefined;
    if (reason !== undefined) return { reason, retryable: true, cutOff: true, unsent };
  }
  const text = chain.map(({ message }) => String(message ?? '')).join(' ');
  if (chain.some(isOfNetwork)) {
    const reason = /timed? ?out/i.test(text) ? 'request timed out' : 'connection closed';
    return { reason, retryable: true, cutOff: true, unsent };
  }
  if (/^Unknown topic /.test(text)) return { ...refusal, reason: 'kafka UNKNOWN_TOPIC_OR_PARTITION' };
  const last = String(chain.at(-1)?.message ?? error);
  return { ...refusal, reason: last.replace(/[\d.:]+/g, '#').slice(0, longestReason) };
}

function isOfNetwork({ name, code }: KafkaErrorLike): boolean {
  if (code === 'PLT_KFK_NETWORK' || (typeof code === 'string' && /^E[A-Z]+$/.test(code))) return true;
  return /^KafkaJS(Connection|RequestTimeout|BrokerNotFound|NoBroker|Metadata)/.test(String(name));
}

const unknownError = 'UNKNOWN_SERVER_ERROR';

/** Kafka's own name of an error, whichever library tells it; a number where the library does not know the name. */
function nameOf(word: unknown, message: unknown): string | null {
  if (typeof word !== 'string') return null;
  if (word === 'UNKNOWN') return unknownError;
  if (word !== 'KAFKAJS_UNKNOWN_ERROR_CODE') return word;
  return `error ${/\d+/.exec(String(message))?.[0]}`;
}

/**
 * What a record is refused for has no name, only a text, and platformatic lists it as an unknown error ahead of that of its
 * batch, which has one.
 */
function mostTelling(errors: readonly unknown[]): unknown {
  const isNamed = (error: unknown) => {
    const { apiId } = (error ?? {}) as KafkaErrorLike;
    return apiId !== undefined && apiId !== unknownError;
  };
  return errors.find(isNamed) ?? errors[0];
}

/** From the outside in. */
function* chainOf(error: unknown): Generator<KafkaErrorLike> {
  for (let inner: unknown = error; typeof inner === 'object' && inner !== null; ) {
    const found = inner as KafkaErrorLike;
    yield found;
    inner = found.cause ?? (Array.isArray(found.errors) ? mostTelling(found.errors) : null);
    if (inner === found) return;
  }
}
