import { directQueue } from '../../driver-suite/direct-targets.ts';
import { describeSubscriberContract } from '../../driver-suite/subscriber-contract.ts';

describeSubscriberContract('RabbitMQ', directQueue, { keepsPlace: true, shares: {} });
