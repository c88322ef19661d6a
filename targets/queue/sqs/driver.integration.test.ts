import { directSqs } from '../../driver-suite/direct-targets.ts';
import { describeDriverContract } from '../../driver-suite/driver-contract.ts';
import { sharedTestStack } from '../../stack/shared-test-stack.ts';
import { sqsEntry } from './preset.ts';

describeDriverContract('SQS', async () => {
  const stack = await sharedTestStack({ sqs: true });
  const { directAddress } = stack.broker('sqs');
  const link = await stack.openLink('client', directAddress);
  return {
    entry: sqsEntry,
    target: { ...directSqs, via: 'toxiproxy', prefetch: 300 },
    broker: directAddress,
    address: link.address,
    largestPayloadBytes: 1_000_000,
    outage: {
      begin: () => stack.toxiproxy.setEnabled(link.proxy, false),
      end: () => stack.toxiproxy.setEnabled(link.proxy, true),
      losesInFlight: false,
    },
    close: () => stack.down(),
  };
});
