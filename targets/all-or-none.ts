/** What is opened side by side: all of it, or nothing that stays open. Rejects as the first that failed did. */
export async function allOrNone<Opened>(
  openings: readonly Promise<Opened>[],
  close: (opened: Opened) => Promise<unknown>,
): Promise<Opened[]> {
  const tried = await Promise.allSettled(openings);
  const refused = tried.find((one) => one.status === 'rejected');
  const opened = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  if (refused === undefined) return opened;
  await Promise.all(opened.map(close));
  throw refused.reason;
}
