import { describeGoContract, grpcInGo, needsGoService, restInGo } from '../driver-suite/describe-go-contract.ts';

needsGoService();
describeGoContract('REST (Go)', restInGo);
describeGoContract('gRPC (Go)', grpcInGo);
