import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { installInto } from './stack-cache.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-cache-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('installInto', () => {
  it('shows nothing in its place before it is whole', async () => {
    const place = join(folder, 'whole');
    await installInto(place, async (temporary) => {
      writeFileSync(join(temporary, 'half'), '1');
      expect(existsSync(place)).toBe(false);
      writeFileSync(join(temporary, 'other half'), '2');
    });
    expect(readdirSync(place).sort()).toEqual(['half', 'other half']);
  });

  it('leaves nothing behind when it fails', async () => {
    const failing = installInto(join(folder, 'failing'), async (temporary) => {
      writeFileSync(join(temporary, 'half'), '1');
      throw new Error('no network');
    });
    await expect(failing).rejects.toThrow('no network');
    expect(readdirSync(folder).filter((name) => name.startsWith('failing'))).toEqual([]);
  });

  it('replaces what was no good, and removes what was abandoned long ago', async () => {
    const place = join(folder, 'again');
    mkdirSync(place);
    writeFileSync(join(place, 'rubbish'), '');
    for (const name of ['again.partial-old', 'again.partial-new', 'other.partial-old']) mkdirSync(join(folder, name));
    for (const name of ['again.partial-old', 'other.partial-old']) utimesSync(join(folder, name), 1, 1);
    await installInto(place, async (temporary) => writeFileSync(join(temporary, 'program'), 'good'));
    expect(readdirSync(place)).toEqual(['program']);
    expect(readFileSync(join(place, 'program'), 'utf8')).toBe('good');
    expect(
      ['again.partial-old', 'again.partial-new', 'other.partial-old'].map((n) => existsSync(join(folder, n))),
    ).toEqual([false, true, true]);
  });
});
