import { directStream } from '../driver-suite/direct-targets.ts';
import { describeSubscriberContract } from '../driver-suite/subscriber-contract.ts';

describeSubscriberContract('Kafka', directStream, { keepsPlace: true, shares: { partitions: 3 } });
