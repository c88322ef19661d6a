// CLOCK_MONOTONIC is one clock for all processes and threads of a host, while performance.now() starts at zero in each
// thread. The difference is fixed, so it is taken once, and the cheap performance.now() is used from then on.
const [seconds, nanoseconds] = process.hrtime();
const offsetUs = seconds * 1e6 + nanoseconds / 1e3 - performance.now() * 1e3;

/** Microseconds (with fractions) on the host's monotonic clock: comparable between threads and processes of one host. */
export function monotonicNowUs(): number {
  return performance.now() * 1e3 + offsetUs;
}
