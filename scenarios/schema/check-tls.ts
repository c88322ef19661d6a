/** Checks of how connections are secured: files that can be read and belong together, and an address that asks for TLS. */
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { readNamedFile } from '../named-file.ts';
import { factsOf } from '../protocols/registry.ts';
import { isSecureScheme } from '../secured.ts';
import { addressesOf, schemeOf } from './address.ts';
import type { CheckContext, FileTarget } from './check-context.ts';
import { checkFile } from './check-file.ts';
import type { Path } from './problem.ts';
import type { WrittenTls } from './tls-schema.ts';

const largestPemBytes = 4 * 1024 ** 2;
const files = ['ca', 'cert', 'key'] as const;

export function checkTls(context: CheckContext, target: FileTarget, path: Path): void {
  const { tls, address } = target;
  if (tls === undefined) return;
  const here = [...path, 'tls'];
  if (typeof tls === 'string') {
    const message = `${tls} is of our own services; of an own system { ca, cert, key, serverName, verify }`;
    context.report({ path: here, message, atKey: true });
    return;
  }
  if (address !== undefined) checkScheme(context, target, address, here);
  checkTlsFiles(context, tls, here);
}

/** Readable, and belonging together. */
export function checkTlsFiles(context: CheckContext, tls: WrittenTls, here: Path): void {
  const { report } = context;
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    const [has, lacks] = tls.cert === undefined ? ['key', 'cert'] : ['cert', 'key'];
    report({ path: [...here, has], message: `needs ${lacks} beside it`, atKey: true });
  }
  const readable = files.filter((name) => {
    const file = tls[name];
    return (
      file !== undefined && checkFile(context.directory, file, [...here, name], report, { mostBytes: largestPemBytes })
    );
  });
  for (const name of readable) checkPem(context, tls[name] ?? '', name, here);
  if (tls.cert !== undefined && tls.key !== undefined && readable.includes('cert') && readable.includes('key')) {
    checkPair(context, tls.cert, tls.key, here);
  }
}

function checkScheme({ report }: CheckContext, target: FileTarget, address: string, path: Path): void {
  const scheme = schemeOf(addressesOf(address, target)[0] ?? '');
  if (scheme === '' || isSecureScheme(scheme)) return;
  const secure = factsOf(target).schemes.find((one) => isSecureScheme(one) && one.startsWith(scheme));
  const message = `the address says ${scheme}://, which is in clear`;
  report({ path, message, suggestion: secure && `write ${secure}:// in the address`, atKey: true });
}

const begins = {
  ca: /-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----/,
  cert: /-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----/,
  key: /-----BEGIN ([A-Z]+ )*PRIVATE KEY-----/,
};
const kinds = { ca: 'certificate', cert: 'certificate', key: 'private key' };

function checkPem({ directory, report }: CheckContext, file: string, name: (typeof files)[number], path: Path): void {
  const text = pemText(directory, file);
  if (begins[name].test(text)) return;
  report({ path: [...path, name], message: `"${file}" holds no ${kinds[name]} in PEM form` });
}

function checkPair({ directory, report }: CheckContext, cert: string, key: string, path: Path): void {
  const pair = { cert: pemText(directory, cert), key: pemText(directory, key) };
  if (!begins.cert.test(pair.cert) || !begins.key.test(pair.key)) return;
  try {
    createSecureContext(pair);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const why = /MISMATCH/.test(code)
      ? 'is not the key of the certificate'
      : /PASS|DECRYPT|INTERRUPTED/i.test(`${code} ${message}`)
        ? 'is encrypted; keys with a passphrase are not read'
        : `cannot be used: ${message}`;
    report({ path: [...path, 'key'], message: `"${key}" ${why}` });
  }
}

function pemText(directory: string, file: string): string {
  return readNamedFile(resolve(directory, file), largestPemBytes).toString('latin1');
}
