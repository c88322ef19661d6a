import { describeDriverContract } from '../../driver-suite/driver-contract.ts';
import { queueSubject } from './fixtures/contract-subject.ts';

describeDriverContract('Queue with direct replies', () => queueSubject({ replies: 'direct' }));
