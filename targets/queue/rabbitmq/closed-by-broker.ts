const longestText = 80;

/**
 * Why the broker closed a channel or a connection, in few distinct values: its own words up to the first name or number in
 * them. `error`: of amqplib, `Channel closed by server: 404 (NOT-FOUND) with message "NOT_FOUND - no exchange 'a' in …"`.
 */
export function closedByBroker(part: 'channel' | 'connection', { message }: Error): string {
  const text = /with message "(.*)"$/s.exec(message)?.[1] ?? '';
  const [named = ''] = text.split(/['"\d]/);
  const why = named.replace(/[\s:,(]+$/, '').slice(0, longestText);
  return why === '' ? `${part} closed` : `${part} closed: ${why}`;
}
