import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import {
  asTernError,
  errorKinds,
  fromWire,
  type Remedy,
  remedyFor,
  TernError,
  toWire,
  wireErrorSchema,
} from '../../src-shared/errors.ts';

const wire = fc.record(
  {
    kind: fc.constantFrom(...errorKinds),
    message: fc.string(),
    retryAfter: fc.integer({ min: 0, max: 1e6 }),
    field: fc.string(),
    detail: fc.dictionary(fc.string(), fc.jsonValue()),
  },
  { requiredKeys: ['kind', 'message'] },
);

describe('an error', () => {
  it('crosses a wire and comes back the same, as JSON too', () => {
    fc.assert(
      fc.property(wire, (told) => {
        const data: unknown = JSON.parse(JSON.stringify(toWire(fromWire(told))));
        deepEqual(data, JSON.parse(JSON.stringify(told)));
        equal(wireErrorSchema.safeParse(data).success, true);
      }),
    );
  });

  it('carries neither cause nor stack', () => {
    const error = new TernError('network', 'no route', { cause: new Error('token abc'), field: undefined });
    deepEqual(toWire(error), { kind: 'network', message: 'no route' });
    ok(error.cause instanceof Error);
    equal(error.name, 'TernError');
  });

  it('that Tern did not throw is a bug, with the original as its cause', () => {
    const error = new TernError('auth', 'x');
    equal(asTernError(error), error);
    const range = new RangeError('too far');
    const bug = asTernError(range);
    deepEqual([bug.kind, bug.message, bug.cause], ['bug', 'too far', range]);
    deepEqual([asTernError('text').message, asTernError(undefined).message], ['text', 'undefined']);
  });
});

describe('the remedy', () => {
  const remedies: Record<Remedy, string[]> = {
    block: ['auth', 'tls', 'forbidden', 'storage'],
    retry: ['network', 'server', 'rateLimited', 'conflict', 'notFound', 'tooLarge', 'quota', 'unsupported', 'bug'],
    reject: ['cancelled', 'invalid'],
  };
  for (const [remedy, kinds] of Object.entries(remedies))
    it(`is to ${remedy} for ${kinds.join(', ')}`, () =>
      deepEqual(errorKinds.filter((kind) => remedyFor(kind) === remedy).toSorted(), kinds.toSorted()));
});
