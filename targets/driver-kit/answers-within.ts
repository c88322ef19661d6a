import { setTimeout as sleep } from 'node:timers/promises';

/** As `work`; rejects when that takes longer. What comes of it later is passed over. */
export async function answersWithin<T>(ms: number, work: Promise<T>): Promise<T> {
  const end = new AbortController();
  const late = sleep(ms, undefined, { signal: end.signal }).then(() =>
    Promise.reject(new Error('it does not answer in time')),
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    end.abort();
    late.catch(() => undefined);
    work.catch(() => undefined);
  }
}
