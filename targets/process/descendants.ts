/** For tests of what is left behind. */
import { readdirSync } from 'node:fs';
import { readProcessStat } from './process-tree.ts';

/** All running processes below `root`, zombies left out. */
export function descendantsOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readProcessStat(Number(name)) : null;
    if (stat !== null && !stat.isZombie) parents.set(Number(name), stat.parent);
  }
  const found: number[] = [];
  const below = (pid: number) => {
    for (const [child, parent] of parents) {
      if (parent !== pid) continue;
      found.push(child);
      below(child);
    }
  };
  below(root);
  return found;
}
