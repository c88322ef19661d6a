/** The gate in front of stdout and stderr: whatever is printed, errors and their traces included, passes through it. */

type Write = typeof process.stdout.write;

/** From now on both streams are written to through `redact`. */
export function guardOutput(redact: (text: string) => string): void {
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
    stream.write = ((chunk: unknown, ...rest: unknown[]) =>
      write(typeof chunk === 'string' ? redact(chunk) : chunk, ...rest)) as Write;
  }
}
