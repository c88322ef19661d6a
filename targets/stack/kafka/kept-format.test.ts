import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createFolder } from '../../../result/create-folder.ts';
import { formatAsKept, keepFormat } from './kept-format.ts';

it('a node has the storage of the first one that was formatted, under ids of its own', () => {
  const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-format-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [jars, first, second] = ['jars', 'first', 'second'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  createFolder(jars);
  createFolder(first);
  const ids = { clusterId: 'C', nodeId: 2, directoryId: 'D' };
  expect(formatAsKept(jars, second, ids)).toBe(false);
  writeFileSync(join(first, 'bootstrap.checkpoint'), 'features');
  keepFormat(jars, first);
  expect(formatAsKept(jars, second, ids)).toBe(true);
  expect(readFileSync(join(second, 'bootstrap.checkpoint'), 'utf8')).toBe('features');
  expect(readFileSync(join(second, 'meta.properties'), 'utf8').split('\n').sort()).toEqual([
    ...['', 'cluster.id=C', 'directory.id=D', 'node.id=2', 'version=1'],
  ]);
});
