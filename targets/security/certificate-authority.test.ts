import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CertificateAuthority } from './certificate-authority.ts';

let directory: string;
let authority: CertificateAuthority;
const read = (path: string) => new X509Certificate(readFileSync(path));

beforeAll(async () => {
  directory = mkdtempSync(join(os.tmpdir(), 'wirebench-authority-'));
  authority = await CertificateAuthority.create(join(directory, 'made'));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('vouches for what it issues, and for nothing else', async () => {
  const other = await CertificateAuthority.create(join(directory, 'other'));
  const server = await authority.issue({ name: 'localhost', use: 'server' });
  const certificate = read(server.cert);
  expect(certificate.checkIssued(read(authority.file))).toBe(true);
  expect(certificate.verify(read(authority.file).publicKey)).toBe(true);
  expect(certificate.verify(read(other.file).publicKey)).toBe(false);
  expect(certificate.ca).toBe(false);
});

it('names a server by its host, and one of this machine by its address too', async () => {
  const here = read((await authority.issue({ name: 'localhost', use: 'server' })).cert);
  expect(here.checkHost('localhost')).toBe('localhost');
  expect(here.checkIP('127.0.0.1')).toBe('127.0.0.1');
  const there = read((await authority.issue({ name: 'shop.test', use: 'server' })).cert);
  expect(there.checkHost('shop.test')).toBe('shop.test');
  expect(there.checkHost('localhost')).toBeUndefined();
  expect(there.checkIP('127.0.0.1')).toBeUndefined();
});

it('gives each a key of its own, which nobody else may read', async () => {
  const [one, two] = [
    await authority.issue({ name: 'a', use: 'client' }),
    await authority.issue({ name: 'a', use: 'client' }),
  ];
  const pem = (path: string) => readFileSync(path, 'utf8');
  expect(pem(one.key)).not.toBe(pem(two.key));
  expect(statSync(one.key).mode & 0o077).toBe(0);
  createSecureContext({ cert: pem(one.cert), key: pem(one.key) });
  expect(() => createSecureContext({ cert: pem(one.cert), key: pem(two.key) })).toThrow();
});

it('issues what has expired already, where that is wanted', async () => {
  const notAfter = new Date(Date.now() - 3_600_000);
  const certificate = read((await authority.issue({ name: 'late', use: 'client', notAfter })).cert);
  expect(new Date(certificate.validTo).getTime()).toBeLessThan(Date.now());
  expect(new Date(certificate.validFrom).getTime()).toBeLessThan(new Date(certificate.validTo).getTime());
});
