import { TernError } from '../../../src-shared/errors.ts';
import type { Part } from '../../mime/part.ts';
import { createDecoder } from '../../mime/transferEncoding.ts';
import type { Blob, Cursors } from '../driver.ts';
import { type Located, locate, openToRead, readPiece, readStructures } from './read.ts';
import type { Reading } from './reading.ts';

/** So much is read at once, as it is encoded: between two pieces others have their turn. */
const PIECE = 512 * 1024;

/** The bytes of a part, decoded, or of a whole message (RFC 9051 section 6.4.5), piece by piece. */
export async function* readBlob(
  reading: Reading,
  { remoteId, part }: Blob,
  cursors: Cursors,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const [located] = locate([remoteId], cursors);
  const [uid] = located?.ids.keys() ?? [];
  if (!located || uid === undefined) throw gone();
  const decoder = createDecoder(part === null ? 'binary' : await encodingOf(reading, located, uid, part, signal));
  for (let from = 0; ; ) {
    const piece = await reading.turn(signal, async (connection) => {
      await openToRead(connection, located);
      return readPiece(connection, uid, part ?? '', from, PIECE);
    });
    // Expunged meanwhile: half of it is worth nothing.
    if (piece === null) throw gone();
    from += piece.length;
    if (piece.length > 0) yield decoder.push(piece);
    if (piece.length < PIECE) break;
  }
  yield decoder.end();
}

const gone = (): TernError => new TernError('notFound', 'the mail server no longer has this');

const encodingOf = (
  reading: Reading,
  located: Located,
  uid: number,
  number: string,
  signal: AbortSignal,
): Promise<string> =>
  reading.turn(signal, async (connection) => {
    await openToRead(connection, located);
    const structures = await readStructures(connection, [uid]);
    if (!structures.has(uid)) throw gone();
    const found = partOf(structures.get(uid) ?? null, number);
    // The structure makes no sense, or it is not this server's numbering: the message itself has to be taken apart.
    if (!found) throw new TernError('unsupported', 'the mail server does not hand this part out by itself');
    return found.encoding;
  });

const partOf = (part: Part | null, number: string): Part | null => {
  if (part === null || part.number === number) return part;
  for (const child of part.parts) {
    const found = partOf(child, number);
    if (found) return found;
  }
  return null;
};
