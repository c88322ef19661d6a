/**
 * Whether a broker's version is still cared for by its makers, as far as it was known when the series of each were written down: figures of
 * an old one say little about what runs elsewhere.
 */
import { readFileSync } from 'node:fs';
import { brokerNames, brokerParts } from './broker-parts.ts';
import type { BrokerName, RunningStack } from './stack.ts';

export const supportKnownOf = 'June 2026';

/** `out of community support since July 2023`, `in community support as of June 2026`, or that it is not known. */
export function supportOf(broker: BrokerName, version: string): string {
  const [major = Number.NaN, minor = Number.NaN] = version.split('.').map(Number);
  const known = brokerParts[broker].series;
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
  for (const broker of brokerNames) {
    const version = versions[broker];
    if (version === undefined) continue;
    const isSystems = brokerParts[broker].isSystems && mode === 'native';
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
