import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { keepShown } from '../../src-main/engine/bodyRead.ts';
import { renderBody } from '../../src-main/render/render.ts';
import { BODY, bodiesSize, bodiesToRender, readBody, storeBody, storeRendered } from '../../src-main/store/bodies.ts';
import type { BodySource } from '../../src-shared/body.ts';
import { TernError } from '../../src-shared/errors.ts';
import { remoteEmail, remoteMailbox } from '../support/builders.ts';
import { settle } from '../support/clock.ts';
import { openStore } from '../support/store.ts';
import { mails, type World, world } from '../support/world.ts';
import { syncedWorld } from '../support/worldImap.ts';
import { readingOn, type WorldReading } from '../support/worldReading.ts';

const fails = (kind: string) => (error: unknown) => error instanceof TernError && error.kind === kind;

const sourceOf = (text: string, isTruncated: boolean): BodySource => {
  const body = [{ part: '1', type: 'text/plain' }];
  const only = { part: '1', type: 'text/plain' as const, text, isTruncated, isFlowed: false, delSp: false };
  return { texts: [only], textBody: body, htmlBody: body };
};

describe('B1: a body of which only the beginning came along', () => {
  it('is fetched whole when it is opened', async (t) => {
    const w = await world(t, { mails: [{ subject: 'long', text: 'x'.repeat(300_000) }] });
    await w.expectTrue();
    const reading = readingOn(t, w);
    w.server.trouble.hang();
    const stuck = reading.openBody(
      reading.email('long'),
      { remoteContent: false },
      AbortSignal.abort(new TernError('cancelled', 'enough')),
    );
    await assert.rejects(stuck, fails('cancelled'));
    w.server.trouble.reset();
    const whole = await reading.open('long');
    assert.deepEqual([whole.text.length, whole.isTruncated, whole.source], [300_000, false, 'server']);
    assert.deepEqual((await reading.open('long')).source, 'cache');
  });

  it('shows its beginning without the network', async (t) => {
    const w = await world(t, { mails: [{ subject: 'long', text: 'x'.repeat(300_000) }] });
    await w.expectTrue();
    const reading = readingOn(t, w);
    await w.server.stop();
    const beginning = await reading.open('long');
    assert.deepEqual([beginning.text.length, beginning.isTruncated, beginning.source], [65_536, true, 'cache']);
  });
});

describe('B1: a body that a server always calls truncated', () => {
  it('is asked for once, and then there without the network', async (t) => {
    const w = await world(t, { mails: [{ subject: 'open end', text: 'short' }] });
    const [id = ''] = Object.keys((await w.server.truth()).emails);
    await w.server.override(id, { bodyValues: { 1: { value: 'short', isTruncated: true, isEncodingProblem: false } } });
    await w.expectTrue();
    const reading = readingOn(t, w);
    assert.equal((await reading.open('open end')).source, 'server');
    const again = await reading.open('open end');
    assert.deepEqual([again.source, again.isTruncated], ['cache', true]);
  });
});

describe('a body that older rules made safe', () => {
  it('is made safe again when it is opened', async (t) => {
    const w = await world(t, { mails: [{ subject: 'old', html: '<p>hello</p><script>x</script>' }] });
    await w.expectTrue();
    const reading = readingOn(t, w);
    await reading.open('old');
    w.store.write((tx) => tx.run("UPDATE email_bodies SET version = 1000, html = '<script>other rules</script>'"));
    assert.equal((await reading.open('old')).html, '<p>hello</p>');
  });
});

describe('a body that could not be made safe', () => {
  const failed = async (w: World, reading: WorldReading): Promise<void> => {
    const opening = reading.open('crash');
    await settle(20);
    // The thread has hardly begun to load.
    await w.clock.advance(10_000);
    const { html, text } = await opening;
    assert.deepEqual([html, text], [null, 'hello']);
  };
  const crashed = async (t: TestContext): Promise<{ w: World; reading: WorldReading }> => {
    const w = await world(t, { mails: [{ subject: 'crash', text: 'hello', html: '<p>hello</p>' }] });
    await w.expectTrue();
    await w.engine.stop();
    const reading = readingOn(t, w);
    await failed(w, reading);
    return { w, reading };
  };

  it('is tried again when it is opened a day later', async (t) => {
    const { w, reading } = await crashed(t);
    assert.equal((await reading.open('crash', true)).html, null);
    await w.clock.advance(24 * 3600 * 1000);
    assert.equal((await reading.open('crash')).html, '<p>hello</p>');
    assert.equal((await reading.open('crash')).html, '<p>hello</p>');
  });

  it('is tried again when it is opened in a later run', async (t) => {
    const { w } = await crashed(t);
    assert.equal((await readingOn(t, w).open('crash')).html, '<p>hello</p>');
  });

  it('is tried three times, and again by other rules', async (t) => {
    const { w } = await crashed(t);
    await failed(w, readingOn(t, w));
    await failed(w, readingOn(t, w));
    assert.equal((await readingOn(t, w).open('crash')).html, null);
    w.store.write((tx) => tx.run('UPDATE email_bodies SET version = 1000'));
    await failed(w, readingOn(t, w));
    assert.equal((await readingOn(t, w).open('crash')).html, '<p>hello</p>');
  });
});

describe('B3: the room that a body takes', () => {
  it('is counted in bytes, as it came and as it is shown', () => {
    const s = openStore();
    s.hold(remoteMailbox({ remoteId: 'inbox' }), remoteEmail({ remoteId: 'e1' }));
    const source = sourceOf('привет', false);
    const shown = { ...renderBody(source, { view: 'v', parts: new Map(), remote: 'blocked' }), html: 'é', words: 'ß' };
    s.write((tx) => storeBody(tx, s.emailId('e1'), source));
    const came = Buffer.byteLength(JSON.stringify(source));
    assert.equal(s.read(bodiesSize), came);
    s.write((tx) => storeRendered(tx, s.emailId('e1'), shown, 1));
    assert.equal(s.read(bodiesSize), came + Buffer.byteLength(`привет${shown.textHtml}éß`));
  });
});

describe('B2: the preview of an email', () => {
  it('is what the email says where the server took its HTML as it is', async (t) => {
    const w = await world(t, { mails: [{ subject: 'raw', text: 'What it says.', html: '<p>What it says.</p>' }] });
    const [id = ''] = Object.keys((await w.server.truth()).emails);
    await w.server.override(id, { preview: '<p style="display:none">hidden</p><p>What' });
    await w.expectTrue();
    const reading = readingOn(t, w);
    reading.keep();
    await reading.idle();
    assert.equal(
      w.store.read((db) => db.get<{ preview: string }>('SELECT preview FROM emails'))?.preview,
      'What it says.',
    );
  });
});

describe('a message of which its server makes nothing', () => {
  it('is taken apart here', async (t) => {
    const raw =
      'Subject: broken\r\nContent-Type: multipart/mixed; boundary=right\r\n\r\n--wrong\r\n\r\nthe words\r\n--wrong--\r\n';
    const w = await syncedWorld(t, { mails: [{ raw: Buffer.from(raw) }] });
    w.server.trouble.answerItem(
      w.server.emailAt('INBOX', 1) ?? '',
      'BODYSTRUCTURE',
      '("text" "plain" NIL NIL NIL "7bit" 0 0)',
    );
    const reading = readingOn(t, w);
    assert.match((await reading.open('broken')).text, /the words/);
  });
});

describe('an email that says nothing', () => {
  it('is opened, and holds up no other, also where its server hands out no messages', async (t) => {
    const w = await world(t, { mails: [{ subject: 'empty', text: ' ' }, ...mails(3)] });
    const truth = Object.entries((await w.server.truth()).emails);
    const [id = ''] = truth.find(([, { subject }]) => subject === 'empty') ?? [];
    await w.server.override(id, { blobId: null });
    await w.expectTrue();
    const reading = readingOn(t, w);
    const opened = await reading.open('empty');
    assert.deepEqual([opened.text.trim(), opened.html], ['', null]);
    await reading.keepUntil(BODY.held);
  });
});

describe('a text that its server could not decode', () => {
  it('is kept as the server made it where its bytes cannot be had, and decoded once it is opened', async (t) => {
    const w = await world(t, { mails: [{ subject: 'odd', text: 'Grüße' }] });
    const [id = ''] = Object.keys((await w.server.truth()).emails);
    const garbled = { value: 'Gr\uFFFD\uFFFDe', isTruncated: false, isEncodingProblem: true };
    await w.server.override(id, { bodyValues: { 1: garbled } });
    await w.expectTrue();
    w.server.trouble.failNext('http404', 1, { on: 'download' });
    const reading = readingOn(t, w);
    await reading.keepUntil(BODY.held);
    const kept = w.store.read((db) => readBody(db, reading.email('odd')));
    assert.equal(kept?.source.texts[0]?.text, garbled.value);
    const opened = await reading.open('odd');
    assert.deepEqual([opened.text, opened.isTruncated, opened.source], ['Grüße', false, 'server']);
  });
});

describe('a body of which more comes while it is being rendered', () => {
  const beginning = sourceOf('the begin', true);
  const whole = sourceOf('the beginning and the end', false);

  it('is not kept as its beginning was shown', () => {
    const s = openStore();
    s.hold(remoteMailbox({ remoteId: 'inbox' }), remoteEmail({ remoteId: 'e1', body: beginning }));
    const id = s.emailId('e1');
    const before = s.store.read((db) => readBody(db, id));
    assert.ok(before);
    s.write((tx) => storeBody(tx, id, whole, true));
    s.write((tx) =>
      keepShown(tx, id, before, renderBody(beginning, { view: 'v', parts: new Map(), remote: 'blocked' })),
    );
    assert.equal(s.store.read((db) => readBody(db, id))?.shown, null);
    assert.deepEqual(
      s.store.read((db) => bodiesToRender(db, 5)),
      [id],
    );
  });

  it('is not overwritten by a beginning that comes late', () => {
    const s = openStore();
    s.hold(remoteMailbox({ remoteId: 'inbox' }), remoteEmail({ remoteId: 'e1' }));
    const id = s.emailId('e1');
    s.write((tx) => storeBody(tx, id, whole, true));
    s.write((tx) => storeBody(tx, id, beginning));
    assert.deepEqual(s.store.read((db) => readBody(db, id))?.source, whole);
  });
});

describe('B2: a message that its server could not hand over', () => {
  it('is asked for again in the next run', async (t) => {
    const w = await syncedWorld(t, { mails: 2 });
    w.store.write((tx) => tx.run('UPDATE emails SET body_state = ?', BODY.unreadable));
    await readingOn(t, w).keepUntil(BODY.held);
  });
});
