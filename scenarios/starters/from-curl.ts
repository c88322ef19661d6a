/** From a command line of curl, as people have it in their notes and browsers copy it. */
import { parseArgs } from 'node:util';
import { parse as words } from 'shell-quote';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { addressOf, requestOf } from './http-request.ts';
import { fromEnvironment, OperationNames, type StartedScenario } from './started-scenario.ts';

const texts = { type: 'string', multiple: true } as const;
const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
/** Those that say what is sent, and those whose value must not be taken for the address. */
const options = {
  ...{ request: { ...text, short: 'X' }, header: { ...texts, short: 'H' }, url: text, get: { ...flag, short: 'G' } },
  ...{ data: { ...texts, short: 'd' }, 'data-raw': texts, 'data-binary': texts, 'data-ascii': texts },
  ...{ 'data-urlencode': texts, json: texts, form: { ...texts, short: 'F' }, 'form-string': texts },
  ...{ user: { ...text, short: 'u' }, 'user-agent': { ...text, short: 'A' }, referer: { ...text, short: 'e' } },
  ...{ cookie: { ...texts, short: 'b' }, head: { ...flag, short: 'I' }, 'oauth2-bearer': text },
  ...{ output: { ...text, short: 'o' }, 'max-time': { ...text, short: 'm' }, 'connect-timeout': text, retry: text },
  ...{ proxy: { ...text, short: 'x' }, cacert: text, cert: { ...text, short: 'E' }, key: text, resolve: texts },
  ...{
    'write-out': { ...text, short: 'w' },
    'cookie-jar': { ...text, short: 'c' },
    'upload-file': { ...text, short: 'T' },
  },
  ...{ 'dump-header': { ...text, short: 'D' }, 'max-redirs': text, 'connect-to': texts, interface: text },
  ...{ silent: { ...flag, short: 's' }, insecure: { ...flag, short: 'k' }, location: { ...flag, short: 'L' } },
  ...{ include: { ...flag, short: 'i' }, verbose: { ...flag, short: 'v' }, fail: { ...flag, short: 'f' } },
  ...{ 'show-error': { ...flag, short: 'S' }, compressed: flag, http2: flag },
} as const;

/** `command` begins with curl. Throws a BenchError (exit 2). */
export function fromCurl(command: string): StartedScenario {
  const { values, positionals } = parseArgs({
    args: argumentsOf(command),
    options,
    strict: false,
    allowPositionals: true,
  });
  const of = (name: keyof typeof options) => [values[name] ?? []].flat().filter((one) => typeof one === 'string');
  const [named = ''] = [...of('url'), ...positionals];
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(named) ? named : `http://${named}`;
  if (named === '' || !URL.canParse(address)) {
    throw new BenchError('commandLine', 'This curl names no address', {
      hint: "Quote all of it: --from 'curl http://127.0.0.1:8080/orders'",
      exitCode: exitCodes.usage,
    });
  }
  const url = new URL(address);
  const { headers, body, isForm } = sentBy(of);
  if (values.get === true && body !== undefined) url.search += `${url.search === '' ? '?' : '&'}${body}`;
  const sent = values.get === true ? undefined : body;
  const usual = values.head === true ? 'HEAD' : sent === undefined && !isForm ? 'GET' : 'POST';
  const [method = usual] = of('request');
  const { request, todos } = requestOf({ method, url, headers, body: sent });
  const { address: target, todos: whole } = addressOf(url.origin);
  return {
    ...{ origin: 'curl', target: 'api', settings: { protocol: 'rest', address: target } },
    todos: [
      ...whole,
      ...(values.location === true ? ['Redirects are not followed: a 3xx is an answer of its own.'] : []),
    ],
    operations: [
      {
        ...{ name: new OperationNames().nameFor(`${method} ${url.pathname}`), weight: 1, request },
        todos: [...todos, ...todosOf(body, isForm)],
      },
    ],
  };
}

function sentBy(of: (name: keyof typeof options) => string[]) {
  const headers = of('header').flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    return colon <= 0 ? [] : [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()]];
  });
  const has = (name: string) => headers.some(([one]) => one.toLowerCase() === name);
  const data = [...of('data'), ...of('data-raw'), ...of('data-binary'), ...of('data-ascii')];
  data.push(...of('data-urlencode').map(urlEncoded));
  const json = of('json');
  const body = json.length > 0 ? json.join('') : data.length > 0 ? data.join('&') : undefined;
  const type = json.length > 0 ? 'application/json' : 'application/x-www-form-urlencoded';
  if (body !== undefined && !has('content-type')) headers.push(['content-type', type]);
  if (json.length > 0 && !has('accept')) headers.push(['accept', 'application/json']);
  for (const agent of of('user-agent')) headers.push(['user-agent', agent]);
  if (of('user').length > 0 || of('oauth2-bearer').length > 0) headers.push(['authorization', '']);
  if (of('cookie').length > 0) headers.push(['cookie', '']);
  return { headers, body, isForm: of('form').length + of('form-string').length > 0 };
}

function urlEncoded(part: string): string {
  const equals = part.indexOf('=');
  return equals < 0
    ? encodeURIComponent(part)
    : `${part.slice(0, equals + 1)}${encodeURIComponent(part.slice(equals + 1))}`;
}

function todosOf(body: string | undefined, isForm: boolean): string[] {
  if (isForm) return ['TODO: the form (-F): its parts as one body, with its content-type and boundary.'];
  return body?.startsWith('@') ? [`TODO: the content of ${body.slice(1)} in place of its name.`] : [];
}

/** Variables of the shell stay, and are taken from the environment. */
function argumentsOf(command: string): string[] {
  const oneLine = command
    .replace(/[\\^]\r?\n/g, ' ')
    .replace(
      /\$'((?:[^'\\]|\\.)*)'/g,
      (_, inside: string) => `'${inside.replaceAll("\\'", `'"'"'`).replaceAll('\\n', '\n')}'`,
    );
  const found = words(oneLine, fromEnvironment);
  const args = found.flatMap((word) => (typeof word === 'string' ? word : 'pattern' in word ? word.pattern : []));
  return args.slice(args[0] === 'curl' ? 1 : 0);
}
