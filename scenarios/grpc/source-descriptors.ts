/**
 * Descriptors of what protobufjs has parsed, file by file, so that sources, descriptor sets and reflection are read by one
 * library. Written as an edition with every feature said, which holds for proto2, proto3 and editions alike. Options and
 * extensions are left out: they change no byte of a request.
 */
import { create } from '@bufbuild/protobuf';
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  Edition,
  type EnumDescriptorProto,
  EnumDescriptorProtoSchema,
  FeatureSet_EnumType,
  FeatureSet_FieldPresence,
  FeatureSet_MessageEncoding,
  FeatureSet_RepeatedFieldEncoding,
  type FieldDescriptorProto,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  OneofDescriptorProtoSchema,
  type ServiceDescriptorProto,
  ServiceDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import protobuf from 'protobufjs';
import { jsonNameOf } from './whole-descriptors.ts';

const scalarTypes: Readonly<Record<string, FieldDescriptorProto_Type>> = {
  double: FieldDescriptorProto_Type.DOUBLE,
  float: FieldDescriptorProto_Type.FLOAT,
  int64: FieldDescriptorProto_Type.INT64,
  uint64: FieldDescriptorProto_Type.UINT64,
  int32: FieldDescriptorProto_Type.INT32,
  fixed64: FieldDescriptorProto_Type.FIXED64,
  fixed32: FieldDescriptorProto_Type.FIXED32,
  bool: FieldDescriptorProto_Type.BOOL,
  string: FieldDescriptorProto_Type.STRING,
  bytes: FieldDescriptorProto_Type.BYTES,
  uint32: FieldDescriptorProto_Type.UINT32,
  sfixed32: FieldDescriptorProto_Type.SFIXED32,
  sfixed64: FieldDescriptorProto_Type.SFIXED64,
  sint32: FieldDescriptorProto_Type.SINT32,
  sint64: FieldDescriptorProto_Type.SINT64,
};

/** Of a root whose types are resolved. */
export function descriptorsOf(root: protobuf.Root): FileDescriptorProto[] {
  const files = new Map<string, FileDescriptorProto>();
  const collect = (namespace: protobuf.NamespaceBase) => {
    for (const object of namespace.nestedArray) {
      if (object instanceof protobuf.Type || object instanceof protobuf.Enum || object instanceof protobuf.Service) {
        addTo(fileOf(object, files), object);
      } else if (object instanceof protobuf.Namespace) collect(object);
    }
  };
  collect(root);
  return [...files.values()];
}

type TopLevel = protobuf.Type | protobuf.Enum | protobuf.Service;

/** Two packages in one file cannot be, but types that protobufjs brings have no file: those of a package are taken as one. */
function fileName(object: protobuf.ReflectionObject): string {
  let top = object;
  while (top.parent instanceof protobuf.Type) top = top.parent;
  return `${top.filename ?? 'built in'} (${packageOf(top)})`;
}

function packageOf(top: protobuf.ReflectionObject): string {
  return top.parent?.fullName.replace(/^\./, '') ?? '';
}

function fileOf(object: TopLevel, files: Map<string, FileDescriptorProto>): FileDescriptorProto {
  const name = fileName(object);
  const known = files.get(name);
  if (known !== undefined) return known;
  const file = create(FileDescriptorProtoSchema, {
    name,
    package: packageOf(object),
    syntax: 'editions',
    edition: Edition.EDITION_2023,
  });
  files.set(name, file);
  return file;
}

function addTo(file: FileDescriptorProto, object: TopLevel): void {
  if (object instanceof protobuf.Type) file.messageType.push(messageOf(object));
  else if (object instanceof protobuf.Enum) file.enumType.push(enumOf(object));
  else file.service.push(serviceOf(object));
}

function messageOf(type: protobuf.Type): DescriptorProto {
  const message = create(DescriptorProtoSchema, { name: type.name });
  const oneofs = type.oneofsArray.filter((oneof) => !oneof.isProto3Optional);
  for (const { name } of oneofs) message.oneofDecl.push(create(OneofDescriptorProtoSchema, { name }));
  for (const field of type.fieldsArray) {
    if (field.name.startsWith('.')) continue; // an extension
    const one = fieldOf(field);
    const oneofIndex = field.partOf === null ? -1 : oneofs.indexOf(field.partOf);
    if (oneofIndex >= 0) one.oneofIndex = oneofIndex;
    message.field.push(one);
    if (!(field instanceof protobuf.MapField)) continue;
    const entry = entryOf(field);
    message.nestedType.push(entry);
    one.typeName = `${type.fullName}.${entry.name}`;
  }
  for (const nested of type.nestedArray) {
    if (nested instanceof protobuf.Type) message.nestedType.push(messageOf(nested));
    else if (nested instanceof protobuf.Enum) message.enumType.push(enumOf(nested));
  }
  return message;
}

function fieldOf(field: protobuf.Field): FieldDescriptorProto {
  const isMap = field instanceof protobuf.MapField;
  const given: unknown = field.options?.json_name;
  const isGroup = !isMap && field.delimited;
  return create(FieldDescriptorProtoSchema, {
    name: field.name,
    number: field.id,
    label: field.repeated || isMap ? FieldDescriptorProto_Label.REPEATED : FieldDescriptorProto_Label.OPTIONAL,
    jsonName: typeof given === 'string' ? given : jsonNameOf(field.name),
    ...(isMap ? { type: FieldDescriptorProto_Type.MESSAGE } : typeOf(field)),
    options: {
      features: {
        ...(!field.repeated && !isMap && { fieldPresence: presenceOf(field) }),
        ...(field.repeated && {
          repeatedFieldEncoding: field.packed
            ? FeatureSet_RepeatedFieldEncoding.PACKED
            : FeatureSet_RepeatedFieldEncoding.EXPANDED,
        }),
        ...(isGroup && { messageEncoding: FeatureSet_MessageEncoding.DELIMITED }),
      },
    },
  });
}

function presenceOf(field: protobuf.Field): FeatureSet_FieldPresence {
  if (field.required) return FeatureSet_FieldPresence.LEGACY_REQUIRED;
  return field.hasPresence || field.partOf !== null
    ? FeatureSet_FieldPresence.EXPLICIT
    : FeatureSet_FieldPresence.IMPLICIT;
}

function typeOf(field: protobuf.FieldBase): { type: FieldDescriptorProto_Type; typeName?: string } {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Enum)
    return { type: FieldDescriptorProto_Type.ENUM, typeName: resolvedType.fullName };
  if (resolvedType instanceof protobuf.Type) {
    return { type: FieldDescriptorProto_Type.MESSAGE, typeName: resolvedType.fullName };
  }
  return { type: scalarTypes[field.type] as FieldDescriptorProto_Type };
}

function entryOf(field: protobuf.MapField): DescriptorProto {
  const json = jsonNameOf(field.name);
  const label = FieldDescriptorProto_Label.OPTIONAL;
  return create(DescriptorProtoSchema, {
    name: `${json.charAt(0).toUpperCase()}${json.slice(1)}Entry`,
    field: [
      { name: 'key', number: 1, label, jsonName: 'key', type: scalarTypes[field.keyType] as FieldDescriptorProto_Type },
      { name: 'value', number: 2, label, jsonName: 'value', ...typeOf(field as protobuf.FieldBase) },
    ],
    options: { mapEntry: true },
  });
}

function enumOf(type: protobuf.Enum): EnumDescriptorProto {
  const features = (type as unknown as { _features?: { enum_type?: string } })._features;
  return create(EnumDescriptorProtoSchema, {
    name: type.name,
    value: Object.entries(type.values).map(([name, number]) => ({ name, number })),
    options: {
      features: { enumType: features?.enum_type === 'CLOSED' ? FeatureSet_EnumType.CLOSED : FeatureSet_EnumType.OPEN },
      allowAlias: true,
    },
  });
}

function serviceOf(service: protobuf.Service): ServiceDescriptorProto {
  return create(ServiceDescriptorProtoSchema, {
    name: service.name,
    method: service.methodsArray.map((method) => {
      method.resolve();
      return {
        name: method.name,
        inputType: method.resolvedRequestType?.fullName ?? '',
        outputType: method.resolvedResponseType?.fullName ?? '',
        clientStreaming: method.requestStream === true,
        serverStreaming: method.responseStream === true,
      };
    }),
  });
}
