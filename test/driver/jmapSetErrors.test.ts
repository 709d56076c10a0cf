import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Outcome } from '../../src-main/driver/driver.ts';
import { outcomeOf, outcomeOfMethod, outcomeOfRequest } from '../../src-main/driver/jmap/setErrors.ts';
import { errorKinds, TernError } from '../../src-shared/errors.ts';
import { type FailureKind, hasSet } from '../servers/jmap/faults.ts';
import { rig } from '../support/pushRig.ts';

describe('P4: what an error of a set means', () => {
  const items: [type: unknown, result: Outcome['result']][] = [
    ['rateLimit', 'failed'],
    ['overQuota', 'failed'],
    ['serverFail', 'failed'],
    ['stateMismatch', 'failed'],
    ['serverPartialFail', 'unknown'],
    ['notFound', 'refused'],
    ['forbidden', 'refused'],
    ['invalidPatch', 'refused'],
    ['mailboxHasEmail', 'refused'],
    ['somethingNew', 'refused'],
    ['toString', 'refused'],
    [7, 'refused'],
    [undefined, 'refused'],
  ];
  for (const [type, result] of items)
    it(`for an item: ${String(type)}`, () => {
      const outcome = outcomeOf({ type, description: 'x'.repeat(1000) });
      assert.equal(outcome.result, result);
      assert.ok('error' in outcome && outcome.error.message.length < 400);
      assert.ok(errorKinds.includes(outcome.error.kind), outcome.error.kind);
    });

  it('is one line of its words, nothing in it but what is seen', () => {
    const [type, description] = ['forbidden', 'not\r\n\u202eyours\u0007'];
    for (const outcome of [outcomeOf({ type, description }), outcomeOfMethod({ type, description }, 1)])
      assert.match(outcome && 'error' in outcome ? outcome.error.message : '', /not yours\)?$/);
  });

  it('for an item: no object at all', () => assert.equal(outcomeOf(null).result, 'refused'));

  const methods: [type: string, of: number, result: Outcome['result'] | null | 'throws'][] = [
    ['stateMismatch', 9, 'stale'],
    ['serverFail', 9, 'failed'],
    ['rateLimit', 9, 'failed'],
    ['serverPartialFail', 9, 'unknown'],
    ['serverUnavailable', 9, 'throws'],
    ['forbidden', 9, 'refused'],
    ['accountReadOnly', 9, 'refused'],
    ['unknownMethod', 9, 'refused'],
    ['requestTooLarge', 9, null],
    ['invalidArguments', 9, null],
    ['requestTooLarge', 1, 'refused'],
    ['somethingNew', 1, 'refused'],
  ];
  for (const [type, of, result] of methods)
    it(`for a method of ${of} items: ${type}`, () => {
      const read = (): unknown => outcomeOfMethod({ type, description: '' }, of)?.result ?? null;
      if (result === 'throws') assert.throws(read, TernError);
      else assert.equal(read(), result);
    });

  const requests: [what: string, error: TernError, means: 'throws' | boolean][] = [
    ['a connection refused', new TernError('network', '', { detail: { reached: false } }), 'throws'],
    ['a certificate', new TernError('tls', ''), 'throws'],
    ['401', new TernError('auth', ''), 'throws'],
    ['429 and 503', new TernError('rateLimited', ''), 'throws'],
    ['a connection that broke', new TernError('network', ''), true],
    ['500', new TernError('server', '', { detail: { status: 500 } }), true],
    ['an answer that is no JMAP', new TernError('server', ''), true],
    ['502', new TernError('server', '', { detail: { status: 502 } }), false],
    ['504', new TernError('server', '', { detail: { status: 504 } }), false],
    ['the end of the program', new TernError('cancelled', ''), false],
  ];
  for (const [what, error, means] of requests)
    it(`for a request: ${what}`, () => {
      if (means === 'throws') return assert.throws(() => outcomeOfRequest(error), TernError);
      const outcome = outcomeOfRequest(error);
      assert.deepEqual([outcome.result, 'counts' in outcome && outcome.counts], ['unknown', means]);
    });
});

describe('P4: a set over the wire', () => {
  const wires: [kind: FailureKind, means: 'throws' | boolean][] = [
    ['http500', true],
    ['http502', false],
    ['http504', false],
    ['http503', 'throws'],
    ['http429', 'throws'],
    ['http401', 'throws'],
    ['dropBefore', true],
    ['dropAfter', true],
    ['malformed', true],
    ['truncated', true],
    ['cutShort', true],
    ['html', true],
    ['serverUnavailable', 'throws'],
  ];
  for (const [kind, means] of wires)
    it(`that fails as ${kind}`, async (t) => {
      const { server, emails } = await rig(t);
      const [one = ''] = await server.deliver([{}]);
      server.trouble.failNext(kind, 1, { when: hasSet });
      const pushed = emails([{ remoteId: one, keywords: { $seen: true } }]);
      if (means === 'throws') return assert.rejects(pushed, TernError);
      const [outcome] = await pushed;
      assert.deepEqual([outcome?.result, outcome?.result === 'unknown' && outcome.counts], ['unknown', means]);
    });
});
