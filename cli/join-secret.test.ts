import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readJoinSecret, writeJoinSecret } from './join-secret.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-secret-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'token');
const secret = { token: 'f'.repeat(48), ca: '-----BEGIN CERTIFICATE-----\nabc\n' };

describe('the file to join by', () => {
  it('comes back as it was written, and its owner alone can read it, though others could read what was there', () => {
    writeFileSync(path, 'of an earlier run');
    chmodSync(path, 0o644);
    writeJoinSecret(path, secret);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readJoinSecret(path)).toEqual(secret);
  });

  it.each(['', 'short\n', `${'f'.repeat(40)} and more\n`, '\u0000\u00ff\n'])('is told apart from %j', (text) => {
    writeFileSync(path, text);
    expect(() => readJoinSecret(path)).toThrow(/does not begin with a token/);
  });
});
