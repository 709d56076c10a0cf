import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accounts } from '../../electron/renderer/state/accounts.ts';
import { sendAs, sendFrom } from '../../electron/renderer/state/sendAs.ts';
import { toasts } from '../../electron/renderer/state/toasts.ts';
import { composer, edit, keep, openComposer } from '../../electron/renderer/state/writing.ts';
import { t as words } from '../../electron/renderer/strings/en.ts';
import { lineFor } from './draftsLine.ts';

describe('a message of another account', () => {
  it('is written there with all that it had, and the draft before it goes only then', async (t) => {
    const line = lineFor(t);
    await openComposer('a', { to: [{ name: null, email: 'bob@x.test' }], html: '<b>Hi</b>', inReplyTo: '5' });
    const file = { name: 'one', type: 'text/plain', size: 1 };
    edit({ files: [{ ...file, given: { held: '7' } }], filesChanged: true });
    line.held = [{ ...file, id: '7' }];
    line.identities = [{ id: 'i', account: 'b' }];
    await sendFrom('b');
    const [before, after] = line.saves;
    assert.deepEqual([before?.account, after?.account, line.discarded], ['a', 'b', ['1']]);
    const { attachments, html, to, repliesTo, inReplyTo, draft } = after ?? {};
    assert.deepEqual(attachments, [{ account: 'a', draft: '1', held: '7' }]);
    assert.deepEqual([html, to?.[0]?.email, repliesTo, inReplyTo], ['<b>Hi</b>', 'bob@x.test', 'q@x.test', undefined]);
    assert.deepEqual([draft, composer.value?.draft, composer.value?.identity], [undefined, '2', 'i']);
  });

  it('stays as it is where it cannot be kept', async (t) => {
    const line = lineFor(t);
    await openComposer('a', {});
    line.isBroken = true;
    await sendFrom('b');
    assert.deepEqual([composer.value?.account, line.discarded], ['a', []]);
  });

  it('can be sent from one that is left, where its own was removed; files that went with it are named', async (t) => {
    const line = lineFor(t);
    t.after(() => (accounts.value = null));
    accounts.value = [{ id: 'b' }] as never;
    await openComposer('a', { draft: '3', text: 'Hi', inReplyTo: '5' });
    const file = { name: 'one.pdf', type: 'text/plain', size: 1 };
    edit({ files: [{ ...file, given: { held: '7' } }] });
    line.identities = [{ id: 'i', account: 'b' }];
    await sendFrom('b');
    assert.equal(await keep(), true);
    const [saved] = line.saves;
    assert.deepEqual([saved?.account, saved?.text, saved?.draft, line.saves.length], ['b', 'Hi', undefined, 1]);
    assert.deepEqual([composer.value?.identity, composer.value?.files], ['i', []]);
    assert.deepEqual(
      toasts.value.map(({ text }) => text),
      [words.composer.attachAgain(['one.pdf'])],
    );
  });

  it('has the signature of who sends it', async (t) => {
    const line = lineFor(t);
    line.identities = [
      { id: 'i', textSignature: 'Ann' },
      { id: 'k', textSignature: 'Dr. A.' },
    ];
    await openComposer('a', { identity: 'i', text: 'Hi\n\n-- \nAnn\n> old' });
    sendAs('k');
    assert.deepEqual([composer.value?.text, composer.value?.identity], ['Hi\n\n-- \nDr. A.\n> old', 'k']);
    line.identities = [{ id: 'n', textSignature: 'A. Hart\n' }];
    await sendFrom('b');
    assert.deepEqual([composer.value?.text, composer.value?.account], ['Hi\n\n-- \nA. Hart\n> old', 'b']);
    edit({ text: '-- \nA. Hartmann' });
    sendAs('nobody');
    assert.equal(composer.value?.text, '-- \nA. Hartmann');
  });

  it('has the signature of who sends it below the words and above the quote, where who did had none', async (t) => {
    const line = lineFor(t);
    line.identities = [
      { id: 'i', textSignature: '' },
      { id: 'k', textSignature: 'Dr. A.' },
    ];
    const quote = 'On 3 May 2026, Bob wrote:\n> On 2 May 2026, Ann wrote:\n>> old';
    const forwarded = '---------- Forwarded message ----------\nFrom: Bob\n\nold';
    for (const [without, withIt] of [
      ['', '\n\n-- \nDr. A.'],
      ['Hi', 'Hi\n\n-- \nDr. A.'],
      [`Hi\n\n${quote}`, `Hi\n\n-- \nDr. A.\n\n${quote}`],
      [`\n\n${quote}`, `\n\n-- \nDr. A.\n\n${quote}`],
      [`Hi\n\n${forwarded}`, `Hi\n\n-- \nDr. A.\n\n${forwarded}`],
      ['On Monday he wrote:\nHi', 'On Monday he wrote:\nHi\n\n-- \nDr. A.'],
    ] as const) {
      await openComposer('a', { identity: 'i', text: without });
      sendAs('k');
      assert.equal(composer.value?.text, withIt);
      sendAs('i');
      sendAs('k');
      assert.equal(composer.value?.text, withIt, 'there and back');
    }
    edit({ text: 'Hi' });
    sendAs('i');
    assert.equal(composer.value?.text, 'Hi', 'what was taken out');
  });
});
