/** How evenly the processes of a service were asked. */

/**
 * The highest ÷ the mean of what each received: 1 where all received as much, their number where one received all. null: one
 * process, nothing received, or not known.
 */
export function balanceOf(receivedBy: Readonly<Record<string, number>> | undefined): number | null {
  const counts = Object.values(receivedBy ?? {});
  const all = counts.reduce((sum, count) => sum + count, 0);
  return counts.length < 2 || all === 0 ? null : (Math.max(...counts) * counts.length) / all;
}
