/** What canaries look like on their socket: little-endian doubles, monotonic µs. */

/** When its operation was due, and when that was taken up. */
export const questionBytes = 16;
/** The question, and when the answer went to the kernel. */
export const answerBytes = questionBytes + 8;

/** Of the echo’s process. */
export interface EchoReport {
  readonly type: 'listening';
  readonly port: number;
}
