import { describeHostileServers, isAmongTheFirst } from './hostile-servers.ts';

describeHostileServers((attack) => !isAmongTheFirst(attack));
