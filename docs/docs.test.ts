/** What the documents show is true: scenarios are valid, command lines are understood, links lead somewhere. */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { createParser } from '../cli/create-parser.ts';
import { exitCodeMeanings, exitCodes } from '../result/bench-error.ts';
import { loadScenario } from '../scenarios/schema/load-scenario.ts';

const root = join(import.meta.dirname, '..');
const pages = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'benchmarks/README.md', ...pagesIn('docs')];
const folder = mkdtempSync(join(tmpdir(), 'wirebench-docs-'));

beforeAll(() => {
  writeFileSync(join(folder, 'arrivals.csv'), '0\n10\n20\n');
  copyFileSync(join(root, 'scenarios', 'proto', 'shop.proto'), join(folder, 'shop.proto'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a part of a scenario stands in, where a page shows only that part. */
const whole = `
name: whole
workload:
  operations: { placeOrder: { pattern: one-way, payload: order }, getOrder: {} }
  payloads: { order: { size: 1KiB } }
load: { model: open, rate: 100/s, duration: 60s }
targets:
  rest: { protocol: rest }
  grpc: { protocol: grpc }
  websocket: { protocol: websocket }
  queue: { protocol: queue }
  stream: { protocol: stream }
`;

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(root, page), 'utf8');

  const blocks = [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '');
  if (blocks.length > 0)
    it('shows scenarios, or parts of them, that are valid', () => {
      for (const [n, block] of blocks.entries()) {
        const shown = parse(block) as Record<string, unknown>;
        const isWhole = 'name' in shown && 'targets' in shown;
        const path = join(folder, `${page.replaceAll('/', '-')}-${n}.yaml`);
        writeFileSync(path, isWhole ? block : stringify({ ...parse(whole), ...shown }));
        const reading = loadScenario(path, { env: { ...process.env, ...named(block) } });
        expect(reading.ok ? [] : reading.problems.map(({ message, path: key }) => `${key}: ${message}`), block).toEqual(
          [],
        );
      }
    });

  const commands = commandsIn(text);
  if (commands.length > 0)
    it('shows commands that bench understands', async () => {
      for (const command of commands) {
        if (/(^| )(--help|--version)( |$)/.test(command)) continue; // these print, and say nothing of the rest
        const words = wordsOf(command);
        const understood = parsed(words).catch((error: Error) => {
          if (!error.message.startsWith('Not enough')) throw error;
          return parsed([...words, 'WORD']); // a sentence may leave out what a command acts on
        });
        await expect(understood, command).resolves.toBeDefined();
      }
    });

  it('links to what is there', () => {
    const links = [...text.matchAll(/\]\(([^)#:\s]+)(#[^)]*)?\)/g)].map((match) => match[1] ?? '');
    expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
  });
});

async function parsed(words: readonly string[]): Promise<unknown> {
  return createParser(words, { isDry: true }).parseAsync();
}

const shipped = readdirSync(join(root, 'scenarios')).filter((name) => name.endsWith('.yaml'));

it.each(shipped)('%s names by --target what it has', async (name) => {
  const text = readFileSync(join(root, 'scenarios', name), 'utf8');
  const { targets = {} } = parse(text) as { targets?: Record<string, unknown> };
  const commands = [...text.matchAll(/^#.*?bench (run scenarios[^\n]*)$/gm)].map((match) => match[1] ?? '');
  const words = commands.map(wordsOf);
  for (const one of words) await expect(parsed(one), one.join(' ')).resolves.toBeDefined();
  const named = words.flatMap((all) => all.filter((_, n) => all[n - 1] === '--target'));
  expect(named.filter((target) => !Object.hasOwn(targets, target))).toEqual([]);
});

it('README says of exit codes what --help says', () => {
  const rows = Object.entries(exitCodes).map(
    ([name, code]) => `| ${code} | ${exitCodeMeanings[name as keyof typeof exitCodes]} |`,
  );
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(rows.join('\n'));
});

function pagesIn(room: string): string[] {
  return readdirSync(join(root, room), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/** A value for each variable of the environment that a block names. */
function named(block: string): Record<string, string> {
  return Object.fromEntries([...block.matchAll(/\$\{([A-Z_]+)/g)].map((match) => [match[1] ?? '', 'x']));
}

/** Lines of blocks that begin with bench, and what stands in backticks; not a bare name such as `bench run`. */
function commandsIn(text: string): string[] {
  const lines = [...text.matchAll(/^(?:\$ )?(?:\.\/)?bench ([^\n]*)$/gm)];
  const inline = [...text.matchAll(/`(?:\.\/)?bench ([^`\n]* [^`\n]*)`/g)];
  return [...lines, ...inline].map((match) => match[1] ?? '');
}

/** As a shell would split them, up to a comment, a pipe or the next command; \`<what>\` and … stand for a word. */
function wordsOf(command: string): string[] {
  const [alone = ''] = command.split(/ #| \|| &&| > |;/);
  const words = alone.replaceAll(/<[^>]*>/g, 'WORD').match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  return words.map((word) => word.replaceAll(/^["']|["']$/g, ''));
}
