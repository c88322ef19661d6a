import { BenchError } from '../../result/bench-error.ts';

interface Opening {
  open(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** The session, or subscription, open; closed again when that fails. `explain`: an error for what a client library rejects with. */
export async function openedSession<Opened extends Opening>(
  session: Opened,
  signal: AbortSignal,
  explain: (cause: unknown) => unknown = (cause) => cause,
): Promise<Opened> {
  try {
    await session.open(signal);
    return session;
  } catch (error) {
    await session.close();
    throw error instanceof BenchError ? error : explain(error);
  }
}
