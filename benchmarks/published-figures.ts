/** `npm run benchmark:figures`: puts the newest result of each benchmark into the table of README.md. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { benchmarks } from './benchmarks.ts';
import { type GoalLine, resultFormat } from './goal-line.ts';
import { goalTable } from './goal-table.ts';

/** What run.ts writes for each benchmark; more is in it that this table does not show. */
interface StoredResult {
  readonly format?: number;
  readonly startedAt: string;
  readonly rounds: number;
  readonly environment: { readonly cpu: string; readonly cores: number; readonly os: string; readonly node: string };
  readonly versions?: Readonly<Record<string, string>>;
  readonly goals: readonly GoalLine[];
}

const marks = { begin: '<!-- figures: npm run benchmark:figures -->', end: '<!-- /figures -->' } as const;

const results = await newestResults(join(import.meta.dirname, 'results'));
const readme = join(import.meta.dirname, 'README.md');
const text = await readFile(readme, 'utf8');
await writeFile(readme, withFigures(text, results.length === 0 ? 'None yet.' : figures(results)));
process.stdout.write(`${results.length} results are in ${readme}\n`);

async function newestResults(folder: string): Promise<StoredResult[]> {
  const names = (await readdir(folder).catch((): string[] => [])).sort().reverse(); // their ends are times
  const newest = Object.keys(benchmarks).flatMap((name) => names.find((file) => file.startsWith(`${name}-2`)) ?? []);
  const stored = await Promise.all(
    newest.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as StoredResult),
  );
  return stored.filter(({ format }) => format === resultFormat);
}

function figures(results: readonly StoredResult[]): string {
  const machines = new Set(results.map(({ environment: { cpu, cores, os } }) => `${cores} × ${cpu}, ${os}`));
  const versions = Object.assign({}, ...results.map((result) => result.versions ?? {})) as Record<string, string>;
  const node = results[0]?.environment.node ?? '';
  const days = [...new Set(results.map(({ startedAt }) => startedAt.slice(0, 10)))];
  const rounds = [...new Set(results.map((result) => result.rounds))];
  return [
    `Measured ${days.join(', ')} on ${[...machines].join('; ')}; rounds: ${rounds.join(' or ')}; median (least–most).`,
    `Node ${node}; ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
    '',
    goalTable(results.flatMap(({ goals }) => goals)),
  ].join('\n');
}

function withFigures(readme: string, table: string): string {
  const begin = readme.indexOf(marks.begin);
  const end = readme.indexOf(marks.end);
  if (begin === -1 || end === -1)
    throw new Error(`benchmarks/README.md has lost its marks ${marks.begin} … ${marks.end}`);
  return `${readme.slice(0, begin + marks.begin.length)}\n${table}\n${readme.slice(end)}`;
}
