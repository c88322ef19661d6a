/**
 * What is in the package: JavaScript, since Node strips no types of files under `node_modules`, with its types, in folders
 * as here; beside it whatever the sources read from their own folders. `npm pack` calls it (`prepack`).
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const out = join(root, 'dist');
const rooms = ['cli', 'runners', 'targets', 'scenarios', 'reports', 'result'];
/** Read by whoever works on the product, or by its tests. */
const leftOut = /\.ts$|\/fixtures\/|\/golden\/|\/driver-suite\//;

rmSync(out, { recursive: true, force: true });
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'packaging')], {
  stdio: 'inherit',
});
const tracked = execFileSync('git', ['ls-files', '--', ...rooms], { cwd: root, encoding: 'utf8' })
  .trim()
  .split('\n');
for (const path of [...tracked.filter((name) => !leftOut.test(name)), 'docker-compose.yml', 'package.json']) {
  mkdirSync(dirname(join(out, path)), { recursive: true });
  cpSync(join(root, path), join(out, path));
}
