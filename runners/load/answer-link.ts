/** The other end of `AskedLinks`. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { LinkTo } from './load-source.ts';

export interface LinkAnswers {
  /** `address` null: there is none, for this reason. */
  readonly answer: (address: string | null, reason: string) => void;
  /** A host that is not allowed ends the load, as it would where the worker dials it itself. */
  readonly fail: (error: unknown) => void;
}

/** `linkOf` left out: nothing leads anywhere. Never rejects. */
export async function answerLink(
  broker: string,
  linkOf: LinkTo | undefined,
  { answer, fail }: LinkAnswers,
): Promise<void> {
  try {
    if (linkOf === undefined) throw new Error('nothing leads there');
    answer(await linkOf(broker), '');
  } catch (error) {
    if (error instanceof BenchError && error.exitCode === exitCodes.usage) fail(error);
    answer(null, error instanceof Error ? error.message : String(error));
  }
}
