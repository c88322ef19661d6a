/** An authority made for one run, and the certificates that it issues: nothing of it is kept, so that nothing of it expires. */
import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { createFolder } from '../../result/create-folder.ts';

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signing = { name: 'ECDSA', hash: 'SHA-256' } as const;
/** What is said of it beside the numbers. */

/** Clocks of one machine agree; a second is what certificates count in. */
const earlierMs = 60_000;
const validMs = 24 * 3_600_000;

/** PEM files. */
export interface CertificateFiles {
  readonly cert: string;
  /** PKCS #8. */
  readonly key: string;
}

export interface CertificateWishes {
  /** Its common name; of a server also the one that it is dialled by. */
  readonly name: string;
  readonly use: 'server' | 'client';
  /** Left out: a day from now. May have passed. */
  readonly notAfter?: Date;
}

export class CertificateAuthority {
  readonly #directory: string;
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #certificate: X509Certificate;
  #issued = 0;

  private constructor(directory: string, keys: webcrypto.CryptoKeyPair, certificate: X509Certificate) {
    this.#directory = directory;
    this.#keys = keys;
    this.#certificate = certificate;
  }

  /** Its files go to `directory`, which is made. */
  static async create(directory: string): Promise<CertificateAuthority> {
    createFolder(directory);
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: 'CN=Wirebench authority of one run',
      ...validity(new Date(Date.now() + validMs)),
      keys,
      signingAlgorithm: signing,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    const authority = new CertificateAuthority(directory, keys, certificate);
    await writeFile(authority.file, certificate.toString('pem'));
    return authority;
  }

  /** PEM file of its own certificate: what is trusted. */
  get file(): string {
    return join(this.#directory, 'authority.pem');
  }

  async issue({ name, use, notAfter }: CertificateWishes): Promise<CertificateFiles> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      subject: `CN=${name}`,
      issuer: this.#certificate.subject,
      ...validity(notAfter ?? new Date(Date.now() + validMs)),
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: signing,
      extensions: await extensionsOf(name, use, keys.publicKey, this.#certificate.publicKey),
    });
    const base = join(this.#directory, `${use}-${++this.#issued}`);
    const files = { cert: `${base}.pem`, key: `${base}-key.pem` };
    const secret = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
    await writeFile(files.cert, `${certificate.toString('pem')}\n`);
    await writeFile(files.key, `${PemConverter.encode(secret, 'PRIVATE KEY')}\n`, { mode: 0o600 });
    await chmod(files.key, 0o600);
    return files;
  }
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
}

function validity(notAfter: Date): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(Math.min(Date.now(), notAfter.getTime()) - earlierMs), notAfter };
}

async function extensionsOf(
  name: string,
  use: CertificateWishes['use'],
  publicKey: webcrypto.CryptoKey,
  issuer: X509Certificate['publicKey'],
): Promise<Extension[]> {
  const isServer = use === 'server';
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([isServer ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth]),
    await SubjectKeyIdentifierExtension.create(publicKey),
    await AuthorityKeyIdentifierExtension.create(issuer),
    ...(isServer
      ? [
          new SubjectAlternativeNameExtension([
            { type: 'dns', value: name },
            ...(name === 'localhost' ? ([{ type: 'ip', value: '127.0.0.1' }] as const) : []),
          ]),
        ]
      : []),
  ];
}
