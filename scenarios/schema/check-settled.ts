/** Checks of the event that settles flows of an own system: one place, what belongs to it, and that it may be dialled. */
import type { Spoken } from '../protocols/registry.ts';
import { addressesOf, readAddress, schemeOf } from './address.ts';
import { requireAllowed } from './check-allowed.ts';
import type { CheckContext, FileTarget } from './check-context.ts';
import { checkTlsFiles } from './check-tls.ts';
import type { Path } from './problem.ts';
import { type SettledPlace, settledPlaceNames, settledPlaces, type WrittenSettled } from './settled-schema.ts';

const spokenAt: Readonly<Record<SettledPlace, Spoken>> = {
  topic: { protocol: 'stream' },
  queue: { protocol: 'queue' },
  exchange: { protocol: 'queue' },
  websocket: { protocol: 'websocket' },
  poll: { protocol: 'rest' },
};

const looking = { what: 'events are looked for there', whose: ' if it is yours' };

const everywhere: readonly string[] = [...settledPlaceNames, 'within'];

/** Of a target with an address. */
export function checkSettled(context: CheckContext, target: FileTarget, path: Path): void {
  const { settled } = target;
  const here = [...path, 'settled'];
  if (settled === undefined) return;
  const complain = (key: string, message: string) => context.report({ path: [...here, key], message, atKey: true });
  const [place, another] = settledPlaceNames.filter((name) => context.has([...here, name]));
  if (place === undefined) {
    const message = `says nowhere where the event is seen; give one of ${settledPlaceNames.join(', ')}`;
    context.report({ path: here, message, atKey: true });
    return;
  }
  if (another !== undefined) {
    complain(another, `is one place too many beside ${place}; a flow has one`);
    return;
  }
  for (const key of Object.keys(settled)) {
    const belongs: readonly string[] = settledPlaces[place];
    if (everywhere.includes(key) || belongs.includes(key) || settled[key as keyof WrittenSettled] === undefined)
      continue;
    const others = settledPlaceNames.filter((name) => (settledPlaces[name] as readonly string[]).includes(key));
    complain(key, `goes with ${others.join(', ')}, not with ${place}`);
  }
  if ((target.engine ?? 'native') !== 'native') {
    context.report({ path: here, message: `is for the native engine, not ${target.engine}`, atKey: true });
  }
  checkId(context, settled, place, here);
  checkWhere(context, target, settled, place, here);
  if (settled.tls !== undefined) checkTlsFiles(context, settled.tls, [...here, 'tls']);
}

function checkId({ report, has }: CheckContext, settled: WrittenSettled, place: SettledPlace, here: Path): void {
  const { id, poll } = settled;
  if (place === 'poll') {
    if (!has([...here, 'until'])) {
      const message = 'needs until: { pointer, equals }: what the answer says once the flow is settled';
      report({ path: here, message, atKey: true });
    }
    if (poll !== undefined && !/\{\{\s*id\s*\}\}/.test(poll)) {
      report({ path: [...here, 'poll'], message: 'holds no {{id}}, so that every flow would be asked for alike' });
    }
    const other = poll?.match(/\{\{\s*(?!id\s*\}\})([^{}]*?)\s*\}\}/)?.[1];
    if (other !== undefined) {
      report({ path: [...here, 'poll'], message: `{{${other}}} is not known here; only {{id}} is` });
    }
    return;
  }
  if (!has([...here, 'id'])) {
    const message = 'needs id: { pointer: /orderId } or { header: order-id }: where the event repeats the {{id}}';
    report({ path: here, message, atKey: true });
  }
  if (id === 'key') {
    if (place === 'topic') return;
    report({ path: [...here, 'id'], message: `only a record of a topic has a key, not what comes by ${place}` });
  } else if (id !== undefined && 'header' in id && place === 'websocket') {
    report({ path: [...here, 'id'], message: 'messages of a WebSocket have no headers; give a pointer' });
  }
}

function checkWhere(
  context: CheckContext,
  target: FileTarget,
  settled: WrittenSettled,
  place: SettledPlace,
  here: Path,
): void {
  const spoken = spokenAt[place];
  const isUrl = place === 'websocket' || place === 'poll';
  const key = isUrl ? place : 'address';
  const written = isUrl ? settled[place]?.replaceAll(/\{\{\s*id\s*\}\}/g, 'id') : settled.address;
  if (written === undefined) {
    if (isUrl || context.has([...here, 'address'])) return;
    const isOwn = target.protocol === spoken.protocol && !('broker' in target && target.broker === 'sqs');
    if (isOwn) return;
    const message = `needs address, that of the broker of ${place}; the target itself speaks ${target.protocol}`;
    context.report({ path: here, message, atKey: true });
    return;
  }
  const path = [...here, key];
  if (place === 'poll') {
    checkHttp(context, written, path);
    return;
  }
  for (const one of addressesOf(written, spoken)) {
    const reading = readAddress(one, spoken);
    if (!reading.ok) context.report({ path, message: reading.message });
    else requireAllowed(context, reading.host, path, looking);
  }
}

/** It may have a query. */
function checkHttp(context: CheckContext, written: string, path: Path): void {
  const url = URL.parse(written);
  if (url === null || !['http', 'https'].includes(schemeOf(written))) {
    context.report({ path, message: 'is no address; write e.g. http://127.0.0.1:8080/orders/{{id}}' });
    return;
  }
  if (url.username !== '' || url.password !== '') {
    context.report({ path, message: 'holds credentials, which are not sent; put them into headers' });
  }
  requireAllowed(context, url.hostname, path, looking);
}
