/** Where `bench` prints its own sentences: whatever they quote, the terminal stays as it is, and nobody has to read them. */
import { printable } from '../result/printable.ts';

/** The first trouble with stdout that is not just a reader who has gone. */
let outputTrouble: Error | null = null;

/** A closed stdout or stderr changes neither what is done nor how it ends. Call it once, first. */
export function watchStreams(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') outputTrouble ??= error;
  });
  process.stderr.on('error', () => undefined); // there is no other place to say it
}

/** Why what went to stdout is not there, e.g. a full disk; null: it is, or nobody wants it. */
export function troubleWithOutput(): Error | null {
  return outputTrouble;
}

/** To stdout. */
export function print(text: string): void {
  process.stdout.write(printable(text));
}

/** To stderr. */
export function printNote(text: string): void {
  process.stderr.write(printable(text));
}
