/** Which subjects of a run whom: nobody but the run reads what an agent says, and no agent what another is told. */
import type { NatsRights } from '../../targets/stack/native/nats.ts';
import { subjectsOf } from './agent-messages.ts';

/** Of whoever has the token of the run and nothing else. */
export function joinerRights(run: string): NatsRights {
  const subjects = subjectsOf(run);
  return { publish: [subjects.join], subscribe: ['_INBOX.>', subjects.all('over')] };
}

/** Of agent `k`. */
export function agentRights(run: string, k: number): NatsRights {
  const subjects = subjectsOf(run);
  return { publish: [subjects.of(k, '>')], subscribe: [subjects.all('>'), subjects.to(k, '>')] };
}
