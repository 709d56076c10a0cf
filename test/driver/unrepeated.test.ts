import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { unrepeated } from '../../src-main/driver/unrepeated.ts';
import { TernError } from '../../src-shared/errors.ts';
import { tracesIn } from '../support/traces.ts';

const secret = 'Korrekt-Pferd-ü9!';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const refusal = (said: string): TernError => new TernError('auth', `the server refused: ${said}`, { retryAfter: 3 });

describe('what a server says as it refuses', () => {
  const repeating: [how: string, said: string][] = [
    ['as it is', `bad password ${secret}`],
    ['as a command', `Command unrecognized: "AUTH PLAIN ${base64(`\0alice\0${secret}`)}"`],
    ['as an answer to LOGIN', `what is ${base64(secret)}?`],
    ['cut off', `Command unrecognized: "${base64(`\0alice\0${secret}`)}`.slice(0, 48)],
    ['in a URL', `see https://example.test/?p=${encodeURIComponent(secret)}`],
  ];
  for (const [how, said] of repeating)
    it(`is not told where it repeats the password ${how}`, () => {
      const told = unrepeated(refusal(said), secret);
      assert.deepEqual([told.kind, told.message, told.retryAfter], ['auth', 'the server refused', 3]);
    });

  it('is told where it does not', () => {
    for (const said of ['5.7.8 Authentication credentials invalid', 'Korre ist das nicht', '']) {
      const error = refusal(said);
      assert.equal(unrepeated(error, secret), error);
    }
  });

  it('never tells a token, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.string(), fc.string(), (token, before, after) => {
        const said = `${before}${base64(`${before}${token}`)}${after}`;
        const { message } = unrepeated(refusal(said), token);
        assert.deepEqual(tracesIn(Buffer.from(message), [token], ''), []);
      }),
    );
  });
});
