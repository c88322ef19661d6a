/**
 * Whether a broker's version is still cared for by its makers, as far as it was known when this was written: figures of
 * an old one say little about what runs elsewhere.
 */
import { readFileSync } from 'node:fs';
import type { RunningStack } from './stack.ts';

export const supportKnownOf = 'June 2026';

/** By series, newest first: when community support ended, null: it had not. Older ones ended before, newer are unknown. */
const rabbitmqSeries: readonly (readonly [string, string | null])[] = [
  ['4.2', null],
  ['4.1', 'January 2026'],
  ['4.0', 'April 2025'],
  ['3.13', 'September 2024'],
  ['3.12', 'February 2024'],
  ['3.11', 'June 2023'],
  ['3.10', 'July 2023'],
];
/** Kafka's makers care for the latest three minor versions. */
const kafkaSeries: readonly (readonly [string, string | null])[] = [
  ['4.3', null],
  ['4.2', null],
  ['4.1', null],
  ['4.0', 'May 2026'],
];
const series = { rabbitmq: rabbitmqSeries, kafka: kafkaSeries } as const;

/** `out of community support since July 2023`, `in community support as of June 2026`, or that it is not known. */
export function supportOf(broker: keyof typeof series, version: string): string {
  const [major = Number.NaN, minor = Number.NaN] = version.split('.').map(Number);
  const known = series[broker];
  const found = known.find(([name]) => name === `${major}.${minor}`);
  const [newest = ''] = known[0] ?? [];
  const [newestMajor = 0, newestMinor = 0] = newest.split('.').map(Number);
  if (found !== undefined) {
    return found[1] === null
      ? `in community support as of ${supportKnownOf}`
      : `out of community support since ${found[1]}`;
  }
  const isOlder = major < newestMajor || (major === newestMajor && minor < newestMinor);
  return isOlder ? 'out of community support' : `support not known as of ${supportKnownOf}`;
}

/** By broker, with whose package it is where that is known: `Debian's, out of community support since July 2023`. */
export function supportOfParts({ mode, versions }: Pick<RunningStack, 'mode' | 'versions'>): Record<string, string> {
  const support: Record<string, string> = {};
  for (const broker of ['rabbitmq', 'kafka'] as const) {
    const version = versions[broker];
    if (version === undefined) continue;
    const isSystems = broker === 'rabbitmq' && mode === 'native';
    support[broker] = `${isSystems ? `${systemName()}’s, ` : ''}${supportOf(broker, version)}`;
  }
  return support;
}

/** Of whoever packaged what is installed here. */
function systemName(): string {
  try {
    return /^NAME="?([A-Za-z]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'this system';
  } catch {
    return 'this system';
  }
}
