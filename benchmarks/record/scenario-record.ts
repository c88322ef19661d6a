/** What each shipped scenario came to when it was last played, kept from one run of `npm run scenarios` to the next. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

export interface ScenarioRecord {
  /** Without its ending: `order-flow`. */
  readonly name: string;
  /** When it ended, to the minute, UTC. */
  readonly playedAt: string;
  readonly isShort: boolean;
  /** Of its file. */
  readonly digest: string;
  readonly exitCode: number;
  readonly seconds: number;
  /** By verdict; null: no result was written. */
  readonly verdicts: { readonly valid: number; readonly suspect: number; readonly invalid: number } | null;
  /** The first sentence of the report, or what the command said where there is none. */
  readonly answer: string;
  /** Of Wirebench, Node, brokers and proxy, by name: those that took part. */
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: string;
}

export function readRecords(path: string): readonly ScenarioRecord[] {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as readonly ScenarioRecord[]) : [];
}

export function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 12);
}

/** In the order of their names, without those that are shipped no more. */
export function withRecord(
  records: readonly ScenarioRecord[],
  played: ScenarioRecord,
  shipped: readonly string[],
): ScenarioRecord[] {
  return [...records.filter(({ name }) => name !== played.name), played]
    .filter(({ name }) => shipped.includes(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** It has been played as it stands in its file now, as long or longer. */
export function isPlayed(
  records: readonly ScenarioRecord[],
  name: string,
  { digest, isShort }: Pick<ScenarioRecord, 'digest' | 'isShort'>,
): boolean {
  const record = records.find((one) => one.name === name);
  return record !== undefined && record.digest === digest && (isShort || !record.isShort);
}

export interface PlayedWith {
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly names: readonly string[];
}

/** Those that were played on one machine, with the same version of whatever both use. */
export function playedWith(records: readonly ScenarioRecord[]): PlayedWith[] {
  const groups: PlayedWith[] = [];
  for (const { name, machine, versions } of records) {
    const fits = (group: PlayedWith) =>
      group.machine === machine &&
      Object.entries(versions).every(([part, version]) => (group.versions[part] ?? version) === version);
    const found = groups.findIndex(fits);
    const group = groups[found];
    if (group === undefined) groups.push({ machine, versions, names: [name] });
    else groups[found] = { machine, versions: { ...group.versions, ...versions }, names: [...group.names, name] };
  }
  return groups;
}
