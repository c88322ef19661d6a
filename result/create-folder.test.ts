import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createFolder } from './create-folder.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-folder-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a folder', () => {
  it('is created with those above it, and may be there already', () => {
    const path = join(folder, 'a', 'b', 'c');
    createFolder(path);
    createFolder(path);
    expect(existsSync(path)).toBe(true);
  });

  it('below a file is refused with the file’s kind of error', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => createFolder(join(folder, 'file', 'x', 'y'))).toThrow(/EEXIST|ENOTDIR/);
  });

  it.skipIf(!existsSync('/proc/self'))('where none can be is refused at once', () => {
    expect(() => createFolder('/proc/wirebench/x')).toThrow(/ENOENT|EACCES|EROFS|EPERM/);
  });
});
