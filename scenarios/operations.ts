/**
 * What the reference services can do, each a row: read by the scenario's schema, the requests of all protocols, the services,
 * the ledger and the contract that all drivers keep. A new one is a row here, what it does to the orders in the domain, and
 * its method in `orders.proto`.
 */

/**
 * What `{{key}}` stands for. `reads`: an order of the seeded population; `cancels`: an order of it that nobody else
 * cancels; `keyed`: one of the scenario's keys.
 */
export type KeyUse = 'reads' | 'cancels' | 'keyed';

export interface ReferenceOperation {
  readonly action: string;
  readonly keyUse: KeyUse;
  /** Leaves everything as it was: it may be done as often as it comes, and has no effect to be lost or repeated. */
  readonly isRead: boolean;
  /** Nobody needs its answer. */
  readonly canBeHandedOver: boolean;
  readonly carriesPayload: boolean;
  /** As a REST resource; `{{key}}` in the path is the order. */
  readonly http: {
    readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
    readonly path: string;
    /** What the body calls the key, and then needs; left out: `key`, which may be missing. */
    readonly keyField?: string;
  };
}

const order = '/v1/orders/{{key}}';

export const referenceOperations = {
  placeOrder: {
    action: 'place',
    keyUse: 'keyed',
    isRead: false,
    canBeHandedOver: true,
    carriesPayload: true,
    http: { method: 'POST', path: '/v1/orders' },
  },
  getOrder: {
    action: 'get',
    keyUse: 'reads',
    isRead: true,
    canBeHandedOver: false,
    carriesPayload: false,
    http: { method: 'GET', path: order },
  },
  updateOrder: {
    action: 'update',
    keyUse: 'reads',
    isRead: false,
    canBeHandedOver: true,
    carriesPayload: true,
    http: { method: 'PUT', path: order },
  },
  cancelOrder: {
    action: 'cancel',
    keyUse: 'cancels',
    isRead: false,
    canBeHandedOver: true,
    carriesPayload: false,
    http: { method: 'DELETE', path: order },
  },
  listOrders: {
    action: 'list',
    keyUse: 'keyed',
    isRead: true,
    canBeHandedOver: false,
    carriesPayload: false,
    http: { method: 'GET', path: '/v1/orders' },
  },
  payOrder: {
    action: 'pay',
    keyUse: 'keyed',
    isRead: false,
    canBeHandedOver: true,
    carriesPayload: false,
    http: { method: 'POST', path: '/v1/payments', keyField: 'account' },
  },
} as const satisfies Record<string, ReferenceOperation>;

export type OperationName = keyof typeof referenceOperations;
export type OrderAction = (typeof referenceOperations)[OperationName]['action'];

export const operationNames = Object.keys(referenceOperations) as OperationName[];
/** Those that nobody needs the answer of. */
export const handOverNames = operationNames.filter((name) => referenceOperations[name].canBeHandedOver);

/** null: the reference services do not know it. */
export function operationNamed(name: string): ReferenceOperation | null {
  return Object.hasOwn(referenceOperations, name) ? referenceOperations[name as OperationName] : null;
}

/** Where an action comes from elsewhere: null for one that there is not. */
export function operationOf(action: string): ReferenceOperation | null {
  return byAction.get(action) ?? null;
}

const byAction: ReadonlyMap<string, ReferenceOperation> = new Map(
  Object.values(referenceOperations).map((operation) => [operation.action, operation]),
);

/** It makes something of its own, called by the operation's id and belonging to the key. */
export function isCreation({ keyUse, isRead }: ReferenceOperation): boolean {
  return keyUse === 'keyed' && !isRead;
}

/** Whether it is about one order; a list is about all of them. */
export function namesAnOrder({ keyUse, isRead }: ReferenceOperation): boolean {
  return !(keyUse === 'keyed' && isRead);
}
