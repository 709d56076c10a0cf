import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBodyStructure } from '../../src-main/driver/imap/bodyStructure.ts';
import type { Part } from '../../src-main/mime/part.ts';
import { splitMessage } from '../../src-main/mime/splitMessage.ts';
import { dovecotAvailable, startDovecot } from '../servers/dovecot.ts';
import { signInImap } from '../servers/imap/rawImap.ts';
import { skipWithout } from '../servers/skipWithout.ts';
import { tokensOf } from '../support/imapTokens.ts';
import { broken } from './corpus/broken.ts';
import { encodings } from './corpus/encodings.ts';
import { structures } from './corpus/structures.ts';

const skip = skipWithout(dovecotAvailable(), 'the comparison of parts with Dovecot');

/** Where Dovecot shows less of a message than Tern does, or what nobody wrote. */
const DIFFERENT = new Set([
  'no boundary in a multipart',
  'no boundary parameter',
  'a multipart that ends at once',
  'a multipart without boundary within one that has',
  'junk behind a boundary, which is none then',
  'CR alone',
  'a name with blanks and no quotes',
  'a name whose quote has no end',
  'a name with a path',
  'a name in raw Latin 1',
  'a subtype that is none',
  'a boundary by RFC 2231',
  'a type of before MIME',
  'an empty type',
  'a type without a semicolon',
  'cut off within a header',
]);

/** A part as both tell of it: Dovecot names the charset and the encoding that hold where none is named. */
const outline = (part: Part | null): unknown => {
  if (part === null) return null;
  const { number, type, disposition, name, cid, isFlowed, delSp, encoding, parts } = part;
  if (parts.length > 0) return [number, type, ...parts.map(outline)];
  const charset = part.charset ?? (type.startsWith('text/') ? 'us-ascii' : null);
  return [number, type, disposition, name, charset, encoding || '7bit', cid, isFlowed, delSp];
};

test('parts are numbered and named as Dovecot does it (M8)', { skip }, async (t) => {
  const server = await startDovecot();
  t.after(() => server.stop());
  assert.equal(server.config.protocol, 'imap');
  const port = server.config.protocol === 'imap' ? server.config.imap.port : 0;
  const imap = await signInImap({ port }, 'alice', 'secret');
  t.after(() => imap.close());
  await imap.run('SELECT INBOX');
  for (const { name, message } of [...structures, ...broken, ...encodings]) {
    if (message.length === 0) continue;
    await imap.run('APPEND INBOX ', message);
    const { lines } = await imap.run('FETCH * BODYSTRUCTURE');
    const line = lines.find(({ text }) => text.includes('BODYSTRUCTURE'));
    const wire = /BODYSTRUCTURE ([^]*)\)$/.exec(line?.text ?? '')?.[1]?.replaceAll(/\{\d+\}/g, '$&\r\n') ?? '';
    const theirs = outline(parseBodyStructure(await tokensOf(wire, line?.literals)));
    const ours = outline(splitMessage(message).root);
    if (DIFFERENT.has(name)) assert.notDeepEqual(ours, theirs, name);
    else assert.deepEqual(ours, theirs, name);
  }
});
