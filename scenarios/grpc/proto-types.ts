/** The messages and services that a target's own words are made of: from `.proto` files, a descriptor set, or reflection. */
import { resolve } from 'node:path';
import { create, createFileRegistry, type DescField, type FileRegistry, fromBinary } from '@bufbuild/protobuf';
import {
  type FileDescriptorProto,
  FileDescriptorSetSchema,
  file_google_protobuf_any,
  file_google_protobuf_api,
  file_google_protobuf_descriptor,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_field_mask,
  file_google_protobuf_source_context,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_type,
  file_google_protobuf_wrappers,
} from '@bufbuild/protobuf/wkt';
import { readNamedFile } from '../named-file.ts';
import { badProto, readProtoSources } from './proto-source.ts';
import { descriptorsOf } from './source-descriptors.ts';
import { wholeDescriptors } from './whole-descriptors.ts';

export interface ProtoTypes {
  readonly registry: FileRegistry;
  /** Fields of proto2 that must be there; encoded as if they need not, since a message is written in parts. */
  isRequired(field: DescField): boolean;
}

const largestSetBytes = 64 * 1024 ** 2;

const builtIn = new Map(
  [
    file_google_protobuf_any,
    file_google_protobuf_source_context,
    file_google_protobuf_type,
    file_google_protobuf_api,
    file_google_protobuf_descriptor,
    file_google_protobuf_duration,
    file_google_protobuf_empty,
    file_google_protobuf_field_mask,
    file_google_protobuf_struct,
    file_google_protobuf_timestamp,
    file_google_protobuf_wrappers,
  ].map(({ proto }) => [proto.name, proto] as const),
);

/** One of google/protobuf that needs no file: these are known. */
export function isBuiltIn(name: string): boolean {
  return builtIn.has(name);
}

/** Absolute paths. Throws a BenchError (exit 2) that names the file. */
export function typesOfProto(files: readonly string[], importPaths: readonly string[] = []): ProtoTypes {
  return typesOf(descriptorsOf(readProtoSources(files, importPaths)), files[0] ?? '');
}

/** Of `protoc --descriptor_set_out` or `buf build`. Throws a BenchError (exit 2), a NamedFileError for one that is not there. */
export function typesOfProtoset(path: string): ProtoTypes {
  const bytes = readNamedFile(resolve(path), largestSetBytes);
  let files: FileDescriptorProto[];
  try {
    files = fromBinary(FileDescriptorSetSchema, bytes).file;
  } catch (cause) {
    throw badProto(`${path} is no descriptor set`, setHint, cause);
  }
  if (files.length === 0) throw badProto(`${path} is no descriptor set: it holds no files`, setHint);
  return typesOf(files, path);
}

const setHint =
  'A descriptor set is written with protoc --include_imports --descriptor_set_out=FILE, or with buf build -o FILE.';

/** `origin` is who says so. Throws a BenchError (exit 2) for files that do not hold together. */
export function typesOf(files: readonly FileDescriptorProto[], origin: string): ProtoTypes {
  try {
    const { files: sorted, required } = wholeDescriptors(files, builtIn);
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [...sorted] }));
    return { registry, isRequired: (field) => required.has(`${field.parent.typeName}.${field.name}`) };
  } catch (cause) {
    const why = cause instanceof Error && cause.message !== '' ? cause.message : 'one refers to what is not there';
    throw badProto(`The types of ${origin} do not hold together: ${why}`, setHint, cause);
  }
}
