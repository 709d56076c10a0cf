import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import './noPage.ts';
import { sheet } from '../../../electron/renderer/state/activity.ts';
import { question } from '../../../electron/renderer/state/asking.ts';
import { followKeys, shortcuts } from '../../../electron/renderer/state/keymap.ts';
import { composer, openComposer } from '../../../electron/renderer/state/writing.ts';
import { t as words } from '../../../electron/renderer/strings/en.ts';
import { settle } from '../../support/clock.ts';
import { lineWith } from './line.ts';

type Press = (event: object) => void;

const listeners: Press[] = [];
Object.assign(globalThis, { HTMLElement: EventTarget, HTMLInputElement: EventTarget });
Object.assign((globalThis as unknown as { document: object }).document, {
  addEventListener: (_name: string, listener: Press) => listeners.push(listener),
  querySelector: () => null,
});
followKeys();

const press = async (key: string, more: object = {}): Promise<void> => {
  const event = { key, target: null, timeStamp: 0, preventDefault: () => undefined, ...more };
  for (const listener of listeners) listener(event);
  await settle();
};

const sending = { ctrlKey: true };

/** A message to somebody, that is being written. */
const writing = async (t: TestContext, text: string) => {
  composer.value = null;
  sheet.value = null;
  const line = lineWith(t, {
    'identities.list': () => ({ identities: [] }),
    'drafts.save': () => ({ draft: '1' }),
    'drafts.send': () => ({ submission: '1' }),
  });
  await openComposer('a', { to: [{ name: null, email: 'ben@family.example' }], text });
  return { sent: () => line.of('drafts.send').length };
};

describe('Ctrl+Enter', () => {
  it('stands in the list of keys', () => {
    assert.equal(shortcuts.find(({ keys }) => keys === 'Ctrl+Enter')?.says, 'Send');
  });

  it('sends what is written', async (t) => {
    const { sent } = await writing(t, 'At one.');
    await press('Enter', sending);
    assert.deepEqual([sent(), composer.value], [1, null]);
  });

  it('sends nothing that is behind a dialog', async (t) => {
    const { sent } = await writing(t, 'At one.');
    sheet.value = 'help';
    await press('Enter', sending);
    assert.equal(sent(), 0);
    assert.ok(composer.value);
  });

  it('sends what speaks of a file that is not there only once the person agreed', async (t) => {
    const { sent } = await writing(t, 'See the attachment.');
    await press('Enter', sending);
    assert.equal(question.value?.title, words.composer.forgot.title);
    await press('Enter', sending);
    assert.equal(sent(), 0, 'the question is not answered by the key that asked it');
    question.value?.answer(false);
    await settle();
    assert.equal(sent(), 0);
    await press('Enter', sending);
    question.value?.answer(true);
    await settle();
    assert.equal(sent(), 1);
  });
});

describe('a key', () => {
  it('is no command where it is typed, nor behind a dialog', async (t) => {
    lineWith(t, {});
    composer.value = null;
    sheet.value = null;
    await press('?', { target: Object.assign(new EventTarget(), { isContentEditable: true }) });
    assert.equal(sheet.value, null);
    await press('?');
    assert.equal(sheet.value, 'help');
    await press('.');
    assert.equal(sheet.value, 'help');
    sheet.value = null;
  });
});
