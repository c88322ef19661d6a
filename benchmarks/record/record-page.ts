/** `docs/record.md`: what each shipped scenario came to when it was last played. */
import { type PlayedWith, playedWith, type ScenarioRecord } from './scenario-record.ts';

/** `shipped`: names of all, those that were never played too. */
export function recordPage(records: readonly ScenarioRecord[], shipped: readonly string[]): string {
  const groups = playedWith(records);
  const rows = records.map((record) => rowOf(record, groups));
  const missing = shipped.filter((name) => !records.some((record) => record.name === name));
  const left = missing.length === 0 ? '' : `\nNot played yet: ${missing.map((name) => `\`${name}\``).join(', ')}.\n`;
  return `# Record of the shipped scenarios

What each came to when it was last played on its own by \`npm run scenarios\`; \`short\` is \`-- --short\`: one repeat, and 2 s of load
where faults and stages do not need more, so that percentiles may have too few samples and thresholds no data. Names play these
alone and leave the other rows as they are; \`--resume\` leaves out what has been played as it stands in its file.

Exit codes: 0 done, 4 a threshold failed, 5 a trial was invalid or a threshold had no data.

| scenario | exit | took | valid / suspect / invalid | played | with | answer |
|---|---|---|---|---|---|---|
${rows.join('\n')}
${left}
${groups.map((group, n) => `${n + 1}. ${groupText(group)}`).join('\n')}
`;
}

function rowOf(record: ScenarioRecord, groups: readonly PlayedWith[]): string {
  const { name, exitCode, seconds, verdicts, answer, playedAt, isShort } = record;
  const trials = verdicts === null ? '–' : `${verdicts.valid} / ${verdicts.suspect} / ${verdicts.invalid}`;
  const played = `${playedAt.slice(0, 10)}${isShort ? ', short' : ''}`;
  const group = groups.findIndex(({ names }) => names.includes(name)) + 1;
  const cells = [`\`${name}\``, exitCode, lasted(seconds), trials, played, group, answer.replaceAll('|', '\\|')];
  return `| ${cells.join(' | ')} |`;
}

function groupText({ machine, versions }: PlayedWith): string {
  return `${[machine, ...Object.entries(versions).map(([name, version]) => `${name} ${version}`)].join(', ')}.`;
}

function lasted(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
