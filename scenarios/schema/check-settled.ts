/**
 * Checks of where events of an own system are seen, one that settles a flow or those that it publishes: one place, what
 * belongs to it, and that it may be dialled.
 */
import { spokenAt } from '../settled-settings.ts';
import { addressesOf, readAddress, schemeOf } from './address.ts';
import { requireAllowed } from './check-allowed.ts';
import type { CheckContext, FileTarget } from './check-context.ts';
import { checkTlsFiles } from './check-tls.ts';
import type { Path } from './problem.ts';
import { eventPlaces, settledPlaces, type WrittenEvents, type WrittenSettled } from './settled-schema.ts';

type Place = keyof typeof settledPlaces | keyof typeof eventPlaces;
/** As written, at either place. */
type Written = WrittenEvents & Partial<Pick<WrittenSettled, 'poll' | 'until'>>;

const looking = { what: 'events are looked for there', whose: ' if it is yours' };

/** Of a target with an address. */
export function checkSettled(context: CheckContext, target: FileTarget, path: Path): void {
  if (target.settled !== undefined) checkPlace(context, target, target.settled, settledPlaces, [...path, 'settled']);
  if (target.events !== undefined) checkPlace(context, target, target.events, eventPlaces, [...path, 'events']);
}

/** `places`: those there may be, with the keys of each. */
function checkPlace(
  context: CheckContext,
  target: FileTarget,
  written: Written,
  places: Readonly<Partial<Record<Place, readonly string[]>>>,
  here: Path,
): void {
  const names = Object.keys(places) as Place[];
  const complain = (key: string, message: string) => context.report({ path: [...here, key], message, atKey: true });
  const [place, another] = names.filter((name) => context.has([...here, name]));
  if (place === undefined) {
    const message = `says nowhere where the event is seen; give one of ${names.join(', ')}`;
    context.report({ path: here, message, atKey: true });
    return;
  }
  if (another !== undefined) {
    complain(another, `is one place too many beside ${place}; there can be one`);
    return;
  }
  for (const [key, value] of Object.entries(written)) {
    const isEverywhere = key === 'within' || (names as readonly string[]).includes(key);
    if (isEverywhere || places[place]?.includes(key) || value === undefined) continue;
    complain(key, `goes with ${names.filter((name) => places[name]?.includes(key)).join(', ')}, not with ${place}`);
  }
  if ((target.engine ?? 'native') !== 'native') {
    context.report({ path: here, message: `is for the native engine, not ${target.engine}`, atKey: true });
  }
  checkId(context, written, place, here);
  checkWhere(context, target, written, place, here);
  if (written.tls !== undefined) checkTlsFiles(context, written.tls, [...here, 'tls']);
}

const headless: Readonly<Partial<Record<Place, string>>> = {
  websocket: 'messages of a WebSocket',
  stream: 'messages of gRPC',
};

function checkId({ report, has }: CheckContext, written: Written, place: Place, here: Path): void {
  const { id, poll } = written;
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
  } else if (id !== undefined && 'header' in id && headless[place] !== undefined) {
    report({ path: [...here, 'id'], message: `${headless[place]} have no headers; give a pointer` });
  }
}

function checkWhere(context: CheckContext, target: FileTarget, settings: Written, place: Place, here: Path): void {
  const spoken = spokenAt[place];
  if (place === 'stream') {
    if (target.protocol === 'grpc') return;
    const message = `is of a gRPC target; this one speaks ${target.protocol}`;
    context.report({ path: [...here, place], message, atKey: true });
    return;
  }
  const isUrl = place === 'websocket' || place === 'sse' || place === 'poll';
  const key = isUrl ? place : 'address';
  const written = isUrl ? settings[place]?.replaceAll(/\{\{\s*id\s*\}\}/g, 'id') : settings.address;
  if (written === undefined) {
    if (isUrl || context.has([...here, 'address'])) return;
    const isOwn = target.protocol === spoken.protocol && !('broker' in target && target.broker === 'sqs');
    if (isOwn) return;
    const message = `needs address, that of the broker of ${place}; the target itself speaks ${target.protocol}`;
    context.report({ path: here, message, atKey: true });
    return;
  }
  const path = [...here, key];
  if (place === 'poll' || place === 'sse') {
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
