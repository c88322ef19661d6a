import type { Session } from '../driver.ts';

/** The session, open; closed again when that fails. */
export async function openedSession<Opening extends Session & { open(signal: AbortSignal): Promise<void> }>(
  session: Opening,
  signal: AbortSignal,
): Promise<Opening> {
  try {
    await session.open(signal);
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}
