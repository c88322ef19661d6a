/** What is printed beside the numbers about compression. */
import type { Compression } from '../scenarios/scenario.ts';

/** `what`: which bytes the codec sees. */
export function codecLabel(compression: Compression | undefined, what: string): string {
  if (compression === undefined) return 'payload as it is, no compression';
  const { codec, level } = compression;
  return `${codec}${level === undefined ? '' : ` level ${level}`}: ${what}`;
}
