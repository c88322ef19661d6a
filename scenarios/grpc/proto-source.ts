/** `.proto` files and what they import, parsed by protobufjs; imports are found as protoc finds them. */
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import protobuf from 'protobufjs';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { inspectNamedFile, largestProtoBytes, NamedFileError, readNamedFile } from '../named-file.ts';

/** More than any tree of a company: what is beyond leads in circles or is none of a user's. */
const mostFiles = 10_000;

/** Files of nothing but options: they change no byte of a message, so it does without them. */
const optionFolders = [
  'google/api/',
  'google/logging/',
  'validate/',
  'buf/validate/',
  'protoc-gen-openapiv2/',
  'protoc-gen-swagger/',
  'gogoproto/',
  'openapi/',
  'openapiv3/',
  'tagger/',
];

export function badProto(message: string, hint: string, cause?: unknown): BenchError {
  return new BenchError('badProto', message, { hint, exitCode: exitCodes.usage, cause });
}

interface Source {
  /** As imports name it, or the path. */
  readonly name: string;
  readonly from: string;
}

/**
 * All types of the files (absolute paths) and of their imports, resolved. Imports are looked for beside the file that
 * imports, in `importPaths` (absolute), and in the folders above the first file. Throws a BenchError (exit 2).
 */
export function readProtoSources(files: readonly string[], importPaths: readonly string[]): protobuf.Root {
  const root = new protobuf.Root();
  const open: Source[] = files.map((name) => ({ name, from: '' }));
  const seen = new Set<string>();
  for (let source = open.shift(); source !== undefined; source = open.shift()) {
    const found = locate(source, files[0] ?? '', importPaths);
    if (found === null || seen.has(found)) continue;
    seen.add(found);
    if (seen.size > mostFiles) throw badProto(`${files[0]} imports more than ${mostFiles} files`, lookedFor);
    for (const name of parseInto(root, found)) open.push({ name, from: found });
  }
  try {
    root.resolveAll();
  } catch (cause) {
    throw unreadable(files[0] ?? '', cause);
  }
  return root;
}

const lookedFor =
  'Imports are looked for beside the file, in the folders above it, and in importPaths: [folder] of the target.';

function unreadable(path: string, cause: unknown): BenchError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return badProto(`${path} cannot be read as a .proto: ${why}`, lookedFor, cause);
}

/** Returns what it imports. */
function parseInto(root: protobuf.Root, path: string): readonly string[] {
  const common = protobuf.common.get(path);
  if (common !== null) {
    root.addJSON(common.nested ?? {});
    return [];
  }
  try {
    (protobuf.parse as typeof protobuf.parse & { filename: string | null }).filename = path;
    const text = readNamedFile(path, largestProtoBytes).toString();
    const { imports = [], weakImports = [] } = protobuf.parse(text, root, { keepCase: true });
    return [...imports, ...weakImports];
  } catch (cause) {
    if (cause instanceof NamedFileError) throw badProto(`${path} ${cause.message}`, lookedFor, cause);
    throw unreadable(path, cause);
  }
}

/** An absolute path, the name of one that protobufjs brings, or null for one that is not needed. */
function locate({ name, from }: Source, first: string, importPaths: readonly string[]): string | null {
  if (from === '') return resolve(name);
  const places = [dirname(from), ...importPaths];
  for (let folder = dirname(resolve(first)); ; folder = dirname(folder)) {
    places.push(folder);
    if (folder === dirname(folder)) break;
  }
  const paths = isAbsolute(name) ? [name] : places.map((folder) => join(folder, name));
  for (const path of paths) {
    try {
      inspectNamedFile(path, largestProtoBytes);
      return path;
    } catch (cause) {
      const isAbsent = /^does not exist/.test((cause as Error).message);
      if (!(cause instanceof NamedFileError)) throw cause;
      if (!isAbsent) throw badProto(`${path}, imported by ${from}, ${cause.message}`, lookedFor, cause);
    }
  }
  if (protobuf.common.get(name) !== null) return name;
  const brought = broughtAlong(name);
  if (brought !== null) return brought;
  if (optionFolders.some((folder) => name.startsWith(folder))) return null;
  throw badProto(`${from} imports ${name}, which is nowhere to be found`, lookedFor);
}

/** google/protobuf and the annotations of google/api lie in the package of protobufjs. */
function broughtAlong(name: string): string | null {
  if (!/^google\/(protobuf|api)\/[a-z_]+\.proto$/.test(name)) return null;
  const path = join(dirname(createRequire(import.meta.url).resolve('protobufjs/package.json')), name);
  try {
    inspectNamedFile(path, largestProtoBytes);
    return path;
  } catch {
    return null;
  }
}
