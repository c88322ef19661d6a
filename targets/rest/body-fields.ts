import { isCreation, type ReferenceOperation } from '../../scenarios/operations.ts';

/** What the body of a request holds, as templates; null: there is none. */
export function bodyFields(operation: ReferenceOperation): Readonly<Record<string, string>> | null {
  const { carriesPayload, http } = operation;
  const isNew = isCreation(operation);
  if (!isNew && !carriesPayload) return null;
  return {
    ...(isNew && { id: '{{id}}', [http.keyField ?? 'key']: '{{key}}' }),
    ...(carriesPayload && { payload: '{{payload}}' }),
  };
}
