import { type ApiVersion, firstVersion } from '../../scenarios/api-versions.ts';
import { isCreation, type ReferenceOperation } from '../../scenarios/operations.ts';
import { keyNames } from '../domain/order-versions.ts';

/** What the body of a request holds, as templates; null: there is none. */
export function bodyFields(
  operation: ReferenceOperation,
  version: ApiVersion = firstVersion,
): Readonly<Record<string, string>> | null {
  const { carriesPayload, http } = operation;
  const isNew = isCreation(operation);
  if (!isNew && !carriesPayload) return null;
  return {
    ...(isNew && { id: '{{id}}', [http.keyField ?? keyNames[version]]: '{{key}}' }),
    ...(carriesPayload && { payload: '{{payload}}' }),
  };
}

/** A path of the first version in another one. */
export function pathOf(path: string, version: ApiVersion = firstVersion): string {
  return path.replace(/^\/v\d+\//, `/v${version}/`);
}
