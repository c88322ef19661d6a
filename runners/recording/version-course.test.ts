import { expect, it } from 'vitest';
import { VersionCourse } from './version-course.ts';

it('counts each call from the end of the warm-up on, however long that was, and none within it', () => {
  const course = new VersionCourse(1, 250, 100);
  for (const offsetMs of [0, 99, 100, 200, 349, 350, 700]) {
    course.offered(0, offsetMs * 1e3);
    course.told(0, offsetMs * 1e3, '@1', null);
  }
  expect(course.toData()).toEqual({
    ...{ calls: [[3, 1, 1]], told: [[3, 1, 1]] },
    ...{ deprecations: ['@1'], sunsets: [null] },
  });
});
