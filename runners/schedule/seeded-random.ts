/** The draws of a load: which number each use takes of the seed. */
export { hash32, uniform } from '../../result/seeded-hash.ts';

/** One number per independent use, so that no two draws of an operation are correlated. */
export const randomStreams = {
  arrival: 1,
  operation: 2,
  key: 3,
  payload: 4,
  value: 5,
  jitter: 6,
  order: 7,
  body: 8,
  fault: 9,
  canary: 10,
  repeat: 11,
  sides: 21,
} as const;
