import { describeGoContract, grpcInGo, needsGoService, restInGo } from '../driver-suite/describe-go-contract.ts';

const batch = { maxMessages: 32, maxBytes: 768 * 1024, lingerMs: 5 };

needsGoService();
describeGoContract('REST (Go, batched)', { ...restInGo, batch });
describeGoContract('gRPC (Go, streams)', { ...grpcInGo, calls: 'stream' });
describeGoContract('gRPC (Go, batched)', { ...grpcInGo, batch });
