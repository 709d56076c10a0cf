import assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { documentPage, type Pages, pagesOfEmail } from '../../src-main/desktop/pages.ts';
import type { Ask } from '../../src-main/web/emailAnswers.ts';
import { TernError } from '../../src-shared/errors.ts';
import { dataFolder } from '../support/host.ts';

const never = new AbortController().signal;
const GIF = Buffer.from('GIF89a and so on');

/** Pages of an email whose pictures are all one file, and what was asked for them. */
const pagesFor = (t: TestContext, remoteContent: boolean, content = GIF) => {
  const path = join(dataFolder(t), 'picture');
  writeFileSync(path, content);
  let unloaded = 0;
  const asked: [call: string, input: object][] = [];
  const ask: Ask = async (call, _account, input) => {
    asked.push([call, input as object]);
    if ((input as { part?: string }).part === 'gone' || (input as { n?: number }).n === 9)
      throw new TernError('notFound', 'no such part');
    return { path } as never;
  };
  const shown = { account: 'a', email: '7', part: '2', remoteContent };
  const pages: Pages = pagesOfEmail(ask, shown, documentPage('<p>Hi</p>', 'light'), () => void unloaded++);
  return { unloaded: () => unloaded, asked, path, get: (url: string) => pages(url, never) };
};

it('a view without remote content reaches none, whatever was allowed to another view of the email', async (t) => {
  const { asked, get } = pagesFor(t, false);
  assert.equal(await get('/remote/0'), null);
  assert.deepEqual(asked, []);
});

it('a view has its document, its parts, and where the person wants it what is elsewhere', async (t) => {
  const { asked, get } = pagesFor(t, true);
  assert.match(Buffer.from((await get('/'))?.bytes ?? []).toString(), /<p>Hi<\/p>/);
  assert.equal((await get('/remote/3'))?.type, 'image/gif');
  assert.equal((await get('/part/2%2F1.3'))?.type, 'image/gif');
  assert.deepEqual(asked, [
    ['bodies.remote', { email: '7', part: '2', n: 3 }],
    ['attachments.read', { email: '7', part: '2/1.3' }],
  ]);
  for (const odd of ['/part/gone', '/remote/x', '/remote/-1', '/part/', '/x', ''])
    assert.equal(await get(odd), null, odd);
});

it('a view has pictures alone, and none that is too large', async (t) => {
  assert.equal(await pagesFor(t, true, Buffer.from('<svg/>')).get('/part/1'), null);
  const large = pagesFor(t, true);
  truncateSync(large.path, 32 * 1024 * 1024 + 1);
  assert.equal(await large.get('/part/1'), null);
});

it('a view whose picture from elsewhere cannot be had says so, and of no other', async (t) => {
  const { unloaded, get } = pagesFor(t, true);
  assert.deepEqual([await get('/part/gone'), unloaded()], [null, 0]);
  assert.deepEqual([await get('/remote/9'), unloaded()], [null, 1]);
});
