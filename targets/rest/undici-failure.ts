/** What undici's errors mean, in the words of our own client. */
import { socketFailureReason } from '../client-socket.ts';

const oversized: readonly string[] = ['UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_EXCEEDED_MAX_SIZE'];
/** Of the parser, when the peer closes: it says so of an answer that has begun only. */
const earlyEnd = 'HPE_INVALID_EOF_STATE';
const closings: readonly string[] = ['other side closed', 'closed'];

/** `isTouched`: some of the answer had come. */
export function undiciFailureReason(error: Error & { readonly code?: string }, isTouched: boolean): string {
  const { code = '', message } = error;
  if (oversized.includes(code)) return 'oversized answer';
  if (code === earlyEnd) return 'truncated answer';
  if (code.startsWith('HPE_') || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return 'malformed answer';
  const isClosed = code === '' || (code === 'UND_ERR_SOCKET' && closings.includes(message));
  if (code === 'UND_ERR_SOCKET' && !isClosed) return 'malformed answer'; // an upgrade or interim answer that nobody asked for
  if (isTouched) return 'truncated answer';
  return isClosed ? 'connection closed' : socketFailureReason(error);
}
