/** What keeps a name or value from being sent as gRPC metadata. */

/** Said by the client itself, or not allowed in HTTP/2. */
const reservedNames: readonly string[] = [
  'te',
  'content-type',
  'host',
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'grpc-encoding',
  'grpc-accept-encoding',
  'grpc-timeout',
  'grpc-status',
  'grpc-message',
];

const reservedHint =
  'names are made of letters, digits, _ - and . and are none of those that HTTP/2 and gRPC use themselves';

/** null: it can be sent. `value` without its templates. */
export function metadataProblem(name: string, value: string): { message: string; suggestion: string } | null {
  const lower = name.toLowerCase();
  if (!/^[a-z0-9_.-]+$/.test(lower) || reservedNames.includes(lower)) {
    return { message: `${name} cannot be sent as metadata`, suggestion: reservedHint };
  }
  const plain = value.replace(/\{\{[^{}]*\}\}/g, '');
  if (!/^[\x20-\x7e]*$/.test(plain)) {
    const message = `the value of the metadata ${name} is not printable ASCII`;
    return { message, suggestion: 'binary values go as base64 under a name that ends in -bin' };
  }
  if (lower.endsWith('-bin') && !/^[A-Za-z0-9+/_-]*={0,2}$/.test(plain)) {
    return { message: `the value of the metadata ${name} is no base64`, suggestion: 'a name in -bin says that it is' };
  }
  return null;
}
