/** How far reading an answer has got, and what is too much. */

export const longestHeadBytes = 64 * 1024;
/** The largest payload (16 MiB) and what a service may wrap around it. */
export const longestBodyBytes = 17 * 1024 * 1024;

export const answerStates = { incomplete: 0, complete: 1, malformed: 2, oversized: 3 } as const;
export type AnswerState = (typeof answerStates)[keyof typeof answerStates];
