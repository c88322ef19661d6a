import { BenchError } from '../../result/bench-error.ts';
import type { Session } from '../driver.ts';

/** The session, open; closed again when that fails. `explain`: an error for what a client library rejects with. */
export async function openedSession<Opening extends Session & { open(signal: AbortSignal): Promise<void> }>(
  session: Opening,
  signal: AbortSignal,
  explain: (cause: unknown) => unknown = (cause) => cause,
): Promise<Opening> {
  try {
    await session.open(signal);
    return session;
  } catch (error) {
    await session.close();
    throw error instanceof BenchError ? error : explain(error);
  }
}
