// CLOCK_MONOTONIC is one clock for all processes and threads of a host, while performance.now() starts at zero in each
// thread. The difference is fixed, so it is taken once, and the cheap performance.now() is used from then on. A thread
// may lose its CPU between the two reads: of several tries the one with the shortest gap is right.
function measureOffsetUs(): number {
  let offsetUs = 0;
  let shortestUs = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 9; attempt++) {
    const beforeUs = performance.now() * 1e3;
    const [seconds, nanoseconds] = process.hrtime();
    const afterUs = performance.now() * 1e3;
    if (afterUs - beforeUs >= shortestUs) continue;
    shortestUs = afterUs - beforeUs;
    offsetUs = seconds * 1e6 + nanoseconds / 1e3 - (beforeUs + afterUs) / 2;
  }
  return offsetUs;
}

const offsetUs = measureOffsetUs();

/** Microseconds (with fractions) on the host's monotonic clock: comparable between threads and processes of one host. */
export function monotonicNowUs(): number {
  return performance.now() * 1e3 + offsetUs;
}
