/** An authority made for one run, and the certificates that it issues: nothing of it is kept, so that nothing of it expires. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { createFolder } from '../../result/create-folder.ts';

type Options = NonNullable<Parameters<typeof generate>[1]>;
type Extensions = NonNullable<Options['extensions']>;

const algorithm = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;
const validMs = 24 * 3_600_000;
/** The clock of a host that takes part in a run may be hours off. */
const earlierMs = validMs;

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
  readonly #own: { readonly key: string; readonly cert: string };
  #issued = 0;

  private constructor(directory: string, own: { readonly key: string; readonly cert: string }) {
    this.#directory = directory;
    this.#own = own;
  }

  /** Its files go to `directory`, which is made. */
  static async create(directory: string): Promise<CertificateAuthority> {
    createFolder(directory);
    const made = await generate(subject('Wirebench authority of one run'), {
      ...algorithm,
      ...validity(new Date(Date.now() + validMs)),
      extensions: [
        { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
        { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
      ],
    });
    const authority = new CertificateAuthority(directory, { key: made.private, cert: made.cert });
    await writeFile(authority.file, made.cert);
    return authority;
  }

  /** PEM file of its own certificate: what is trusted. */
  get file(): string {
    return join(this.#directory, 'authority.pem');
  }

  async issue({ name, use, notAfter }: CertificateWishes): Promise<CertificateFiles> {
    const made = await generate(subject(name), {
      ...algorithm,
      ...validity(notAfter ?? new Date(Date.now() + validMs)),
      ca: this.#own,
      extensions: extensionsOf(name, use),
    });
    const base = join(this.#directory, `${use}-${++this.#issued}`);
    const files = { cert: `${base}.pem`, key: `${base}-key.pem` };
    await writeFile(files.cert, made.cert);
    await writeFile(files.key, made.private, { mode: 0o600 });
    return files;
  }
}

function subject(name: string): { readonly name: string; readonly value: string }[] {
  return [{ name: 'commonName', value: name }];
}

function validity(notAfterDate: Date): Pick<Options, 'notBeforeDate' | 'notAfterDate'> {
  return { notBeforeDate: new Date(Math.min(Date.now(), notAfterDate.getTime()) - earlierMs), notAfterDate };
}

function extensionsOf(name: string, use: CertificateWishes['use']): Extensions {
  const usage: Extensions = [
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, critical: true },
    { name: 'extKeyUsage', ...(use === 'server' ? { serverAuth: true } : { clientAuth: true }) },
  ];
  if (use === 'client') return usage;
  const here = name === 'localhost' ? [{ type: 7 as const, ip: '127.0.0.1' }] : [];
  return [...usage, { name: 'subjectAltName', altNames: [{ type: 2, value: name }, ...here] }];
}
