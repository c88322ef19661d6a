/** What brokers say of topics and rights as a session opens, in plain words, whichever library it was that was told. */
import type { Sasl } from '../../scenarios/scenario.ts';
import { messagesOf } from './login-failure.ts';

export interface TopicFailure {
  readonly why: string;
  /** What may be done about it. */
  readonly hint: string;
}

/** null: it is nothing of these. `topics`: those that the session asked for, of which the libraries name one or none. */
export function topicFailureOf(error: unknown, topics: readonly string[], sasl: Sasl | undefined): TopicFailure | null {
  const text = messagesOf(error).join('\n');
  const who =
    sasl === undefined
      ? 'a client without a login'
      : sasl.mechanism === 'oauthbearer'
        ? 'the token'
        : `user ${sasl.username}`;
  if (/topic authorization failed|TOPIC_AUTHORIZATION_FAILED/i.test(text)) {
    return {
      why: `${who} may not use ${named(topics)}`,
      hint: `Give it the rights to describe and write, with \`consume\` and \`reply\` also to read. ${ownTopics}`,
    };
  }
  if (/group authorization failed|GROUP_AUTHORIZATION_FAILED/i.test(text)) {
    return {
      why: `${who} may not read by a consumer group`,
      hint: 'Give it the right to read groups whose names begin with `wirebench-`.',
    };
  }
  const missing = /Unknown topic (\S+?)\.?$/im.exec(text)?.[1];
  if (missing !== undefined) return { why: `topic ${missing} is not there`, hint: ownTopics };
  if (/does not host this topic-partition|UNKNOWN_TOPIC_OR_PARTITION/i.test(text)) {
    return { why: `${named(topics)} ${topics.length === 1 ? 'is not' : 'are not all'} there`, hint: ownTopics };
  }
  return null;
}

const ownTopics = 'Topics of your own system are never created here.';

function named(topics: readonly string[]): string {
  return `${topics.length === 1 ? 'topic' : 'topics'} ${topics.join(', ')}`;
}
