import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changeSchema } from '../../src-shared/change.ts';

const accepts = (change: unknown): boolean => changeSchema.safeParse(change).success;
const keywords = (patch: unknown): unknown => ({ type: 'keywords', emails: ['1'], patch });
const create = (name: unknown): unknown => ({ type: 'mailbox', op: 'create', name });

describe('P1: what is no change is refused before it is recorded', () => {
  for (const keyword of ['', 'two words', 'ümlaut', 'a(b', 'a)b', 'a{b', 'a]b', 'a%b', 'a*b', 'a"b', 'a\\b', 'tab\t'])
    it(`the keyword ${JSON.stringify(keyword)}`, () => equal(accepts(keywords({ [keyword]: true })), false));

  it('a keyword of more than 255 characters, of 255 it is none', () => {
    deepEqual(
      [255, 256].map((length) => accepts(keywords({ ['k'.repeat(length)]: true }))),
      [true, false],
    );
  });

  it('a patch that names nothing, or sets anything but true and null', () => {
    const patches = [{}, { $seen: false }, { $seen: 1 }, null, undefined];
    deepEqual(
      patches.map((patch) => accepts(keywords(patch))),
      patches.map(() => false),
    );
    equal(accepts({ type: 'mailboxes', emails: ['1'], patch: {} }), false);
  });

  it('no email at all, a role that mail cannot be moved to, a type or a property that is not there', () => {
    const bad = [
      { type: 'keywords', emails: [], patch: { $seen: true } },
      { type: 'move', emails: ['1'], role: 'sent' },
      { type: 'forget', emails: ['1'] },
      { type: 'destroy', emails: ['1'], really: true },
    ];
    deepEqual(bad.filter(accepts), []);
  });

  it('a mailbox name that is empty, blank, broken, or holds control characters', () => {
    deepEqual(
      ['', '  ', 'a\nb', 'a\u0000', '\ud800', 'x'.repeat(256)].filter((name) => accepts(create(name))),
      [],
    );
    deepEqual(
      ['a', ' a ', 'a/b', '😀', 'x'.repeat(255)].map((name) => accepts(create(name))),
      [true, true, true, true, true],
    );
  });

  it('a renaming that names neither a name nor a place', () => {
    const rename = { type: 'mailbox', op: 'rename', mailbox: '1' };
    deepEqual([rename, { ...rename, parent: null }, { ...rename, name: 'a' }].map(accepts), [false, true, true]);
  });

  it('keywords are lower-case from there on', () => {
    deepEqual(changeSchema.parse(keywords({ $Seen: true, Work: null })), keywords({ $seen: true, work: null }));
  });
});
