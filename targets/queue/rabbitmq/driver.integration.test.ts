import { describeDriverContract } from '../../driver-suite/driver-contract.ts';
import { rabbitmqAsyncApi } from './asyncapi.ts';
import { queueSubject } from './fixtures/contract-subject.ts';

describeDriverContract('Queue', async () => ({ ...(await queueSubject()), document: rabbitmqAsyncApi(undefined) }));
