import type { GuaranteeClass } from '../../../result/guarantee.ts';
import type { Target } from '../../../scenarios/scenario.ts';
import { onPath } from '../../process/on-path.ts';
import type { BrokerPart, ComposePart } from '../broker-part.ts';
import { elasticmqProgram } from './program.ts';
import { elasticmqVersion } from './settings.ts';

/** What was watched, and set: it keeps messages in memory. Amazon's own keeps them elsewhere. */
const watchedVersion = /^1\.7\b/;
const version = `${elasticmqVersion} (ElasticMQ)`;

function guarantee({ protocol }: Target, found: string): GuaranteeClass | null {
  return protocol === 'queue' && watchedVersion.test(found) ? 'process memory' : null;
}

const compose: ComposePart = {
  ports: { WIREBENCH_SQS_PORT: 29324 },
  services: () => ['elasticmq'],
  environment: () => ({}),
  addresses: (_members, local) => ({ address: local('WIREBENCH_SQS_PORT'), version }),
};

/** Stands in for Amazon SQS: the same protocol, on this machine. Its queue URLs name itself; nobody here dials them. */
export const elasticmqPart: BrokerPart = {
  program: elasticmqProgram,
  isSystems: false,
  advertises: false,
  compose,
  series: [['1.7', null]],
  async start({ path, context, links, keep, version: tell }) {
    const { startElasticmq } = await import('./node.ts');
    const { process, address, folder } = await startElasticmq({ jars: path, java: onPath('java') ?? 'java' }, context);
    keep('sqs', process);
    tell(version);
    const opened = await (await links())?.openBoth(address);
    return { name: 'sqs', directAddress: address, folders: [folder], links: opened ?? {} };
  },
  async probe(address) {
    await (await import('./node.ts')).probeSqs(address);
    return null;
  },
  guarantee,
};
