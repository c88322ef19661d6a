/** The types that a target's own files tell; of one that is asked by reflection they are known at set-up. */
import type { GrpcTarget } from '../protocols/grpc/target.ts';
import { type ProtoTypes, typesOfProto, typesOfProtoset } from './proto-types.ts';

export type TypeFiles = Pick<GrpcTarget, 'proto' | 'protoset' | 'importPaths'>;

/** null: it names none. Throws a BenchError (exit 2) for files that cannot be read. */
export function typesOfTarget({ proto, protoset, importPaths }: TypeFiles): ProtoTypes | null {
  if (protoset !== undefined) return typesOfProtoset(protoset);
  if (proto === undefined) return null;
  return typesOfProto(typeof proto === 'string' ? [proto] : proto, importPaths);
}
