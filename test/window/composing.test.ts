import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { hasMarks, htmlOfText, linkOf } from '../../electron/renderer/lib/markup.ts';
import { mediaType } from '../../electron/renderer/lib/mediaType.ts';
import { forgotFile, notSendable } from '../../electron/renderer/lib/sendable.ts';
import { discardDraft, keepDiscarded } from '../../electron/renderer/state/discarding.ts';
import { toasts } from '../../electron/renderer/state/toasts.ts';
import { undoLast } from '../../electron/renderer/state/undo.ts';
import {
  closeComposer,
  composer,
  edit,
  keep,
  openComposer,
  patch,
  settleFields,
} from '../../electron/renderer/state/writing.ts';
import { t as words } from '../../electron/renderer/strings/en.ts';
import { settle } from '../support/clock.ts';
import { lineFor } from './draftsLine.ts';

const typed = (to: string, cc = '') => patch({ typed: { to, cc, bcc: '' } });
const recipients = () => composer.value?.to.map(({ email }) => email);
const said = () => toasts.value.at(-1)?.text;

describe('a recipient', () => {
  it('that stands in a field is one, typed to its end or not', async (t) => {
    lineFor(t);
    await openComposer('a', {});
    typed('bob@x.test, Carol <carol@x.test>', 'BOB@x.test; dan@x.test');
    assert.deepEqual(settleFields(), []);
    assert.deepEqual(recipients(), ['bob@x.test', 'carol@x.test']);
    assert.deepEqual(composer.value?.typed, { to: '', cc: '', bcc: '' });
    typed('bob@x.test');
    assert.deepEqual([settleFields(), recipients()], [[], ['bob@x.test', 'carol@x.test']]);
  });

  it('that is none is never left out in silence: it stays in its field, and nothing is sent', async (t) => {
    const line = lineFor(t);
    await openComposer('a', {});
    typed('bob@x.test, jhon@');
    const rest = settleFields();
    assert.deepEqual([rest, composer.value?.typed.to, recipients()], [['jhon@'], 'jhon@', ['bob@x.test']]);
    const message = { to: ['bob'], cc: [], bcc: [] };
    assert.equal(notSendable(message, rest, undefined, new Date()), words.composer.notAddresses(['jhon@']));
    assert.equal(await closeComposer(), true);
    assert.equal(said(), words.composer.keptWithout(['jhon@']));
    assert.deepEqual(
      line.saves.map(({ to }) => to.map(({ email }) => email)),
      [['bob@x.test']],
    );
  });

  it('there must be, and a time that is still to come', () => {
    const now = new Date('2026-11-29T12:00:00Z');
    const nobody = { to: [], cc: [], bcc: [] };
    const somebody = { ...nobody, bcc: ['x'] };
    assert.equal(notSendable(nobody, [], undefined, now), words.composer.nobody);
    assert.equal(notSendable(somebody, [], undefined, now), null);
    assert.equal(notSendable(somebody, [], new Date('2026-01-01T08:00:00Z'), now), words.composer.past);
    assert.equal(notSendable(somebody, [], new Date(Number.NaN), now), words.composer.past);
    assert.equal(notSendable(somebody, [], new Date('2026-11-29T12:01:00Z'), now), null);
    assert.equal(notSendable(somebody, [], new Date('2027-11-30T12:00:00Z'), now), words.composer.tooFar);
  });
});

describe('what is written', () => {
  it('and cannot be kept is not replaced by another message, and the person is told', async (t) => {
    const line = lineFor(t);
    await openComposer('a', {});
    edit({ text: 'Long thoughts' });
    line.isBroken = true;
    assert.equal(await openComposer('a', { text: 'Another' }), false);
    assert.equal(composer.value?.text, 'Long thoughts');
    assert.equal(said(), words.composer.stays);
    assert.match(composer.value?.problem ?? '', /disk is full/);
    line.isBroken = false;
    assert.equal(await openComposer('a', { text: 'Another' }), true);
    assert.deepEqual([composer.value?.text, line.saves.at(-1)?.text], ['Another', 'Long thoughts']);
  });

  it('is too long for a draft in plain words', async (t) => {
    const line = lineFor(t);
    await openComposer('a', {});
    edit({ text: 'x'.repeat(5_000_001) });
    assert.equal(await keep(), false);
    assert.deepEqual([composer.value?.problem, line.saves], [words.composer.tooLong, []]);
  });

  it('while it is put away is kept, too', async (t) => {
    const line = lineFor(t);
    await openComposer('a', {});
    edit({ text: 'One' });
    const closed = closeComposer();
    edit({ text: 'One, two' });
    assert.equal(await closed, true);
    assert.equal(line.saves.at(-1)?.text, 'One, two');
  });

  it('keeps its files: each is handed over once, those that come meanwhile with the next save', async (t) => {
    const line = lineFor(t);
    const file = (name: string) => ({
      name,
      type: 'text/plain',
      size: 1,
      given: { name, type: 'text/plain', file: name },
    });
    await openComposer('a', {});
    const first = file('one');
    edit({ files: [first], filesChanged: true });
    line.held = [{ id: '7', name: 'one', type: 'text/plain', size: 1 }];
    const kept = keep();
    edit({ files: [first, file('two')], filesChanged: true });
    await kept;
    assert.deepEqual(
      line.saves.map(({ attachments }) => attachments),
      [[first.given], [{ held: '7' }, file('two').given]],
    );
  });

  it('says which files to attach again where they were handed over for nothing', async (t) => {
    const line = lineFor(t);
    await openComposer('a', {});
    const given = { name: 'one', type: 'text/plain', file: 'handle' };
    edit({ files: [{ name: 'one', type: 'text/plain', size: 1, given }], filesChanged: true });
    line.isBroken = true;
    assert.equal(await keep(), false);
    assert.deepEqual([composer.value?.files, composer.value?.problem], [[], words.composer.attachAgain(['one'])]);
  });
});

describe('a discarded message', () => {
  const discarded = async (t: TestContext) => {
    const line = lineFor(t);
    await openComposer('a', {});
    edit({ text: 'Dear' });
    await keep();
    edit({ text: 'Dear Ann' });
    await discardDraft();
    assert.deepEqual([composer.value, said(), line.discarded], [null, words.composer.discarded, []]);
    return line;
  };

  it('can be had back whole, and is then not lost', async (t) => {
    const line = await discarded(t);
    undoLast();
    await settle();
    assert.deepEqual([composer.value?.text, composer.value?.draft], ['Dear Ann', '1']);
    t.mock.timers.tick(60_000);
    await settle();
    assert.deepEqual([line.discarded, line.saves.at(-1)?.text], [[], 'Dear Ann']);
  });

  it('is gone when the time for that is over', async (t) => {
    const line = await discarded(t);
    t.mock.timers.tick(60_000);
    await settle();
    assert.deepEqual(line.discarded, ['1']);
    undoLast();
    await settle();
    assert.equal(composer.value, null);
  });

  it('stays where its draft was opened again meanwhile', async (t) => {
    const line = await discarded(t);
    keepDiscarded('a', '1');
    t.mock.timers.tick(60_000);
    await settle();
    assert.deepEqual(line.discarded, []);
  });
});

describe('words of a message', () => {
  it('become lines of HTML, and say whether they are marked', () => {
    assert.equal(htmlOfText('a <b>\n\n&'), '<div>a &lt;b&gt;</div><div><br></div><div>&amp;</div>');
    assert.equal(hasMarks(htmlOfText('a\nb')), false);
    assert.deepEqual(['<div>a <b>b</b></div>', '<ul><li>a</li></ul>', '<a href="x">a</a>'].map(hasMarks), [
      true,
      true,
      true,
    ]);
  });

  it('lead only to the web and to mail', () => {
    assert.deepEqual(['example.org/a?b', ' https://a.example ', 'ann@a.example', 'mailto:ann@a.example'].map(linkOf), [
      'https://example.org/a?b',
      'https://a.example',
      'mailto:ann@a.example',
      'mailto:ann@a.example',
    ]);
    const others = ['', 'word', 'two words.example', 'javascript:alert(1)', 'file:///etc', 'https:'];
    assert.deepEqual(
      others.filter((other) => linkOf(other) !== null),
      [],
    );
  });

  it('that speak of a file are the person’s own', () => {
    const forgot = (text: string, html: string | null = null, files: number[] = []) =>
      forgotFile({ text, html, files });
    const plain = [forgot('See attached.'), forgot('See attached.', null, [1]), forgot('Thanks\n> See attached.')];
    assert.deepEqual(plain, [true, false, false]);
    const quote = '<blockquote><p>See attached.</p><blockquote>attached</blockquote><i>attached</i></blockquote>';
    const inMiddle = (own: string) => forgot('', `${quote}<div title="attached">${own}</div>${quote}`);
    assert.deepEqual([inMiddle('Thanks'), inMiddle('It is <b>attached</b>.')], [false, true]);
  });

  it('a file has a type by what is said of it, or by its name', () => {
    assert.deepEqual(
      [mediaType('a.PDF'), mediaType('a.pdf', 'x/y'), mediaType('a.constructor'), mediaType('a', 'nonsense')],
      ['application/pdf', 'x/y', 'application/octet-stream', 'application/octet-stream'],
    );
  });
});
