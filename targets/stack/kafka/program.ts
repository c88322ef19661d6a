import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { onPath } from '../../process/on-path.ts';
import type { Program } from '../program.ts';
import { cacheDirectory, installInto } from '../stack-cache.ts';
import { kafkaVersion } from './settings.ts';

const pom = join(import.meta.dirname, 'pom.xml');
const jars = cacheDirectory('kafka', kafkaVersion);

export const kafkaProgram: Program = {
  name: 'kafka',
  title: 'Kafka',
  version: kafkaVersion,
  find: async () => (existsSync(join(jars, `kafka_2.13-${kafkaVersion}.jar`)) && onPath('java') !== null ? jars : null),
  needs: ['java', 'mvn'],
  commands: [`mvn -B -f ${pom} dependency:copy-dependencies -DoutputDirectory=${jars}`],
  cost: '54 MB, about 10 s',
  install: (runCommand) =>
    installInto(jars, (temporary) =>
      runCommand('mvn', ['-B', '-q', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${temporary}`]),
    ),
};
