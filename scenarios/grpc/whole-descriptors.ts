/**
 * Descriptors as protoc would have written them. Those of other makers, reflection of Node's servers among them, leave out
 * names in JSON, imports, and the packages of types; what is required is noted, and no longer so.
 */
import {
  type DescriptorProto,
  FeatureSet_FieldPresence,
  type FieldDescriptorProto,
  FieldDescriptorProto_Label,
  type FileDescriptorProto,
} from '@bufbuild/protobuf/wkt';

/** As protoc makes it: each letter behind an underscore a capital, the underscores gone. */
export function jsonNameOf(name: string): string {
  return name.replace(/_+(.?)/g, (_all, next: string) => next.toUpperCase());
}

export interface WholeDescriptors {
  /** Each behind those whose types it uses. */
  readonly files: readonly FileDescriptorProto[];
  /** `package.Message.field` of what proto2 requires: a message that is written in parts lacks it in most of them. */
  readonly required: ReadonlySet<string>;
}

/** Changes `files`; `builtIn` are those of google/protobuf, by name. Throws an Error that says what is missing. */
export function wholeDescriptors(
  files: readonly FileDescriptorProto[],
  builtIn: ReadonlyMap<string, FileDescriptorProto>,
): WholeDescriptors {
  return new DescriptorMend(files, builtIn).mend();
}

class DescriptorMend {
  readonly #files = new Map<string, FileDescriptorProto>();
  readonly #builtIn: ReadonlyMap<string, FileDescriptorProto>;
  /** Type → its file. */
  readonly #fileOf = new Map<string, string>();
  readonly #required = new Set<string>();
  readonly #uses = new Map<string, Set<string>>();

  constructor(files: readonly FileDescriptorProto[], builtIn: ReadonlyMap<string, FileDescriptorProto>) {
    this.#builtIn = builtIn;
    const taken = new Set<string>();
    for (const file of [...files, ...builtIn.values()]) {
      if (this.#files.has(file.name)) continue;
      // One file of a package may hold what is built in, and more: its own word comes first.
      if (builtIn.has(file.name) && typesIn(file).some((name) => taken.has(name))) continue;
      this.#files.set(file.name, file);
      for (const name of typesIn(file)) {
        taken.add(name);
        this.#fileOf.set(name, file.name);
      }
    }
  }

  mend(): WholeDescriptors {
    for (const file of this.#files.values()) {
      if (this.#builtIn.get(file.name) !== file) this.#file(file);
    }
    return { files: this.#inOrder(), required: this.#required };
  }

  #file(file: FileDescriptorProto): void {
    const uses = new Set<string>();
    this.#uses.set(file.name, uses);
    const resolve = (typeName: string, scope: string) => this.#resolve(typeName, scope, uses);
    for (const message of file.messageType) this.#message(message, fullName(file.package, message.name), resolve);
    for (const extension of file.extension) this.#field(extension, file.package, resolve);
    for (const { method } of file.service) {
      for (const one of method) {
        one.inputType = resolve(one.inputType, file.package);
        one.outputType = resolve(one.outputType, file.package);
      }
    }
    file.dependency = [...uses].filter((name) => name !== file.name);
    file.publicDependency = [];
    file.weakDependency = [];
  }

  #message(message: DescriptorProto, typeName: string, resolve: (name: string, scope: string) => string): void {
    for (const field of message.field) {
      this.#field(field, typeName, resolve);
      if (isRelaxed(field)) this.#required.add(`${typeName}.${field.name}`);
    }
    for (const extension of message.extension) this.#field(extension, typeName, resolve);
    for (const nested of message.nestedType) this.#message(nested, fullName(typeName, nested.name), resolve);
  }

  #field(field: FieldDescriptorProto, scope: string, resolve: (name: string, scope: string) => string): void {
    if (field.jsonName === '') field.jsonName = jsonNameOf(field.name);
    if (field.typeName !== '') field.typeName = resolve(field.typeName, scope);
    if (field.extendee !== '') field.extendee = resolve(field.extendee, scope);
  }

  /** From the innermost scope outwards, as names of protobuf are looked up. */
  #resolve(typeName: string, scope: string, uses: Set<string>): string {
    const isAbsolute = typeName.startsWith('.');
    const name = typeName.replace(/^\./, '');
    for (let around = isAbsolute ? '' : scope; ; around = around.slice(0, Math.max(0, around.lastIndexOf('.')))) {
      const full = fullName(around, name);
      const file = this.#fileOf.get(full);
      if (file !== undefined) {
        uses.add(file);
        return `.${full}`;
      }
      if (around === '') throw new Error(`${name}, which ${scope || 'a service'} uses, is not among them`);
    }
  }

  /** Without recursion: a tree may be deep. */
  #inOrder(): FileDescriptorProto[] {
    const sorted: FileDescriptorProto[] = [];
    const state = new Map<string, 'open' | 'done'>();
    for (const first of this.#uses.keys()) {
      const stack = [first];
      for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
        const file = this.#files.get(name) as FileDescriptorProto;
        const before = state.get(name) === undefined ? file.dependency.filter((one) => state.get(one) !== 'done') : [];
        const circle = before.find((one) => state.get(one) === 'open');
        if (circle !== undefined) throw new Error(`${name} and ${circle} use each other’s types`);
        if (before.length > 0) stack.push(...before);
        else {
          if (state.get(name) !== 'done') sorted.push(file);
          stack.pop();
        }
        state.set(name, before.length > 0 ? 'open' : 'done');
      }
    }
    return sorted;
  }
}

function fullName(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`;
}

function typesIn(file: FileDescriptorProto): string[] {
  const within = (message: DescriptorProto, name: string): string[] => [
    name,
    ...message.enumType.map((one) => fullName(name, one.name)),
    ...message.nestedType.flatMap((one) => within(one, fullName(name, one.name))),
  ];
  return [
    ...file.enumType.map(({ name }) => fullName(file.package, name)),
    ...file.messageType.flatMap((message) => within(message, fullName(file.package, message.name))),
  ];
}

/** Whether it was required. */
function isRelaxed(field: FieldDescriptorProto): boolean {
  const { features } = field.options ?? {};
  if (field.label === FieldDescriptorProto_Label.REQUIRED) field.label = FieldDescriptorProto_Label.OPTIONAL;
  else if (features?.fieldPresence === FeatureSet_FieldPresence.LEGACY_REQUIRED) {
    features.fieldPresence = FeatureSet_FieldPresence.EXPLICIT;
  } else return false;
  return true;
}
