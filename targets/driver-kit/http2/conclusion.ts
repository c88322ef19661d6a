/** How an attempt on a stream of HTTP/2 ended. */
import { type Outcome, outcomes } from '../../driver.ts';
import type { ErrorCode } from './http2-frames.ts';

export interface Conclusion {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly retryable: boolean;
  /** The peer says that it never looked at the request: it is sent again without more ado (RFC 9113 §8.7). */
  readonly unprocessed?: boolean;
}

export const succeeded: Conclusion = { outcome: outcomes.ok, reason: '', retryable: false };
export const malformedAnswer = failed('malformed answer');
export const truncatedAnswer = failed('truncated answer');
export const oversizedAnswer = failed('oversized answer');
/** A GOAWAY that names an earlier stream as the last. */
export const leftOut: Conclusion = { ...failed('server going away'), unprocessed: true };

/** Trouble on the way: sending it again may help. */
export function failed(reason: string): Conclusion {
  return { outcome: outcomes.failed, reason, retryable: true };
}

/** A stream that the peer reset: said no to before doing anything, or broken off. */
export function conclusionOfReset(code: ErrorCode | undefined): Conclusion {
  const reason = `stream reset: ${code ?? 'unknown code'}`;
  if (code === 'REFUSED_STREAM') return { outcome: outcomes.rejected, reason, retryable: true, unprocessed: true };
  return code === 'ENHANCE_YOUR_CALM' ? { outcome: outcomes.rejected, reason, retryable: true } : failed(reason);
}
