/** All goals of several benchmarks in one Markdown table. */
import type { GoalLine } from './goal-line.ts';
import { inWords } from './spread.ts';

const header = ['task', 'figure', 'ours', 'beside', 'ours ÷ peer', 'goal', ''];

export function goalTable(lines: readonly GoalLine[]): string {
  const rows = lines.map(({ task, figure, ours, beside, measured, sign, goal, isMet }) => [
    task,
    figure,
    inWords(ours, 1),
    beside === null ? '' : `${beside.name} ${inWords(beside.figure, 1)}`,
    beside === null ? '' : inWords(measured, 2),
    goal === null ? '' : `${sign} ${goal}`,
    isMet === null ? '' : isMet ? 'met' : '**not met**',
  ]);
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
