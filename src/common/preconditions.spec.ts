import { describe, expect, it } from '@jest/globals';
import { etagOf, isNotModified, matchIfGiven, requireMatch } from './preconditions.js';

const etag = etagOf(3);

describe('preconditions', () => {
  it('compares If-None-Match weakly, over lists and *', () => {
    for (const ifNoneMatch of ['"3"', 'W/"3"', '"1", "3"', '*']) expect(isNotModified({ ifNoneMatch }, etag)).toBe(true);
    for (const ifNoneMatch of [undefined, '"33"', '3', '']) expect(isNotModified({ ifNoneMatch }, etag)).toBe(false);
  });

  it('compares If-Match strongly', () => {
    for (const ifMatch of ['"3"', '"1", "3"', '*']) expect(() => requireMatch({ ifMatch }, etag)).not.toThrow();
    for (const ifMatch of ['W/"3"', '"2"', '3', '']) {
      expect(() => requireMatch({ ifMatch }, etag)).toThrow(expect.objectContaining({ kind: 'stale' }));
    }
  });

  it('asks for If-Match where a change needs it, and not where it is optional', () => {
    expect(() => requireMatch({}, etag)).toThrow(expect.objectContaining({ kind: 'precondition-required' }));
    expect(() => matchIfGiven({}, etag)).not.toThrow();
  });
});
