import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onPath } from '../../process/on-path.ts';
import type { Program } from '../program.ts';
import { cacheDirectory, installInto } from '../stack-cache.ts';
import { elasticmqVersion } from './settings.ts';

const pom = join(import.meta.dirname, 'pom.xml');
const jars = cacheDirectory('elasticmq', elasticmqVersion);
/** Over all jars, as `sha256sum *.jar | sort -k2 | sha256sum` has it. */
const jarsDigest = '6575f6e1f7968c697f27ccd9cfc52c3cf0e49af40ae28228a85e835b7c0840bc';
const download = ['-B', '-C', '-f', pom, 'dependency:copy-dependencies'];

export const elasticmqProgram: Program = {
  name: 'sqs',
  title: 'ElasticMQ',
  version: elasticmqVersion,
  withoutIt: 'queues of RabbitMQ run',
  find: async () =>
    existsSync(join(jars, `elasticmq-server_2.13-${elasticmqVersion}.jar`)) && onPath('java') !== null ? jars : null,
  needs: ['java', 'mvn'],
  commands: [`mvn ${download.join(' ')} -DoutputDirectory=${jars}`],
  cost: '37 MB, about 10 s',
  install: (runCommand) =>
    installInto(jars, async (temporary) => {
      await runCommand('mvn', ['-q', ...download, `-DoutputDirectory=${temporary}`]);
      await requireDigest(temporary);
    }),
};

/** Rejects when what came is not, byte for byte, what was tried out here. */
async function requireDigest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jar')).sort();
  const lines: string[] = [];
  for (const name of names) lines.push(`${sha256(await readFile(join(folder, name)))}  ${name}\n`);
  const found = sha256(lines.join(''));
  if (found !== jarsDigest) throw new Error(`its jars have the SHA-256 ${found}, not ${jarsDigest}`);
}

function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
