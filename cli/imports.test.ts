import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const rooms = ['result', 'scenarios', 'targets', 'runners', 'reports', 'cli', 'benchmarks', 'packaging'];

/** File → those that it imports, of types alone too. */
const imports = new Map(
  rooms
    .flatMap((room) =>
      readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).map((path) => join(room, path)),
    )
    .filter((path) => path.endsWith('.ts'))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const named = text.matchAll(/^(?:import|export)\b[^;]*?\bfrom '(\.[^']+\.ts)';/gms);
      return [path, [...named].map(([, other = '']) => join(dirname(path), other))];
    }),
);

/** The files of a circle in their order; null: there is none below this one. */
function circleFrom(path: string, above: readonly string[], seen: Set<string>): readonly string[] | null {
  if (above.includes(path)) return [...above.slice(above.indexOf(path)), path];
  if (seen.has(path)) return null;
  seen.add(path);
  for (const other of imports.get(path) ?? []) {
    const circle = circleFrom(other, [...above, path], seen);
    if (circle !== null) return circle;
  }
  return null;
}

it('no file imports itself by way of others', () => {
  const seen = new Set<string>();
  expect(imports.size).toBeGreaterThan(500);
  expect([...imports.keys()].flatMap((path) => circleFrom(path, [], seen) ?? [])).toEqual([]);
});
