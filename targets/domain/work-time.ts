/**
 * Calls back when `ms` have passed, and never sooner: timers of Node count whole milliseconds from when their turn of the
 * event loop began, and so fire early by up to a millisecond and more; what is missing is waited for again.
 */
export function workFor(ms: number, done: () => void): void {
  const endsAt = performance.now() + ms;
  const wake = () => {
    const leftMs = endsAt - performance.now();
    if (leftMs <= 0) done();
    else setTimeout(wake, leftMs);
  };
  setTimeout(wake, ms);
}
