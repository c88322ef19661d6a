/** A participant of a flow that nobody leads: nobody calls it, it hears of events. */
import { hostService } from '../domain/host-service.ts';

hostService(async () => ({ close: async () => undefined }));
