import { describeHostileServers, isAmongTheFirst } from './hostile-servers.ts';

describeHostileServers(isAmongTheFirst);
