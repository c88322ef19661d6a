/** `docs/record.md`: what each shipped scenario came to when it was last run whole. */

export interface ScenarioRecord {
  /** Without its ending: `order-flow`. */
  readonly name: string;
  readonly exitCode: number;
  readonly seconds: number;
  /** By verdict; null: no result was written. */
  readonly verdicts: { readonly valid: number; readonly suspect: number; readonly invalid: number } | null;
  /** The first sentence of the report, or what the command said where there is none. */
  readonly answer: string;
}

export interface RecordPage {
  readonly startedAt: string;
  readonly isShort: boolean;
  /** Of Wirebench, Node, brokers and proxy, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: string;
  readonly records: readonly ScenarioRecord[];
}

export function recordPage({ startedAt, isShort, versions, machine, records }: RecordPage): string {
  const rows = records.map(({ name, exitCode, seconds, verdicts, answer }) => {
    const trials = verdicts === null ? '–' : `${verdicts.valid} / ${verdicts.suspect} / ${verdicts.invalid}`;
    return `| \`${name}\` | ${exitCode} | ${lasted(seconds)} | ${trials} | ${answer.replaceAll('|', '\\|')} |`;
  });
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const how = isShort
    ? 'in small (`npm run scenarios -- --short`: 3 s a trial where that is valid, one repeat)'
    : 'whole (`npm run scenarios`)';
  return `# Record of the shipped scenarios

Each scenario run ${how}, one after the other, begun ${startedAt}.
${machine}. ${named.join(', ')}.

Exit codes: 0 done, 4 a threshold failed, 5 a trial was invalid or a threshold had no data.

| scenario | exit | took | valid / suspect / invalid | answer |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

function lasted(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
