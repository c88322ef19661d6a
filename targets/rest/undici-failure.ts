/** What undici's errors mean, in the words of our own client. */
import { socketFailureReason } from '../driver-kit/client-socket.ts';

const oversized: readonly string[] = ['UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_EXCEEDED_MAX_SIZE'];
const closings: readonly string[] = ['other side closed', 'closed'];

/** `isTouched`: some of the answer had come. */
export function undiciFailureReason(error: Error & { readonly code?: string }, isTouched: boolean): string {
  const { name, message, code = '' } = error;
  if (oversized.includes(code)) return 'oversized answer';
  // Its parser's errors carry no code that could be relied on: it looks numbers up among names.
  if (name === 'HTTPParserError') return message.includes('EOF') ? 'truncated answer' : 'malformed answer';
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return 'malformed answer';
  const isClosed = code === '' || (code === 'UND_ERR_SOCKET' && closings.includes(message));
  if (code === 'UND_ERR_SOCKET' && !isClosed) return 'malformed answer'; // an upgrade or interim answer that nobody asked for
  if (isTouched) return 'truncated answer';
  return isClosed ? 'connection closed' : socketFailureReason(error);
}
