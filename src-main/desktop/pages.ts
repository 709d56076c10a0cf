import { open } from 'node:fs/promises';
import { TernError } from '../../src-shared/errors.ts';
import { documentFor } from '../html/document.ts';
import { imageType } from '../lib/imageType.ts';
import type { Ask } from '../web/emailAnswers.ts';

/** What an isolated view may load: its document and the pictures in it. `type` is a media type; `name`: it is only saved, as that. */
export type Page = { type: string; bytes: Uint8Array<ArrayBuffer>; name?: string };

/** All that a view of one message can reach, by the path of a `tern-mail:` address; null where there is nothing. */
export type Pages = (path: string, signal: AbortSignal) => Promise<Page | null>;

/** Which message is shown: an email, or with `part` one that is attached to it. */
export type Shown = { account: string; email: string; part?: string | undefined; remoteContent: boolean };

/** In bytes: what a view is given of one picture. */
const LARGEST_PICTURE = 32 * 1024 * 1024;

/** HTML that was made safe as the document of a view. */
export const documentPage = (html: string, scheme: 'light' | 'dark'): Page => ({
  type: 'text/html; charset=utf-8',
  bytes: new TextEncoder().encode(documentFor(html, scheme)),
});

/** Bytes as a picture, if they are one that may be shown: whatever they are called, SVG never is. */
export const picturePage = (bytes: Buffer): Page | null => {
  const type = imageType(bytes);
  return type === null ? null : { type, bytes: new Uint8Array(bytes) };
};

const pictureFile = async (path: string): Promise<Page | null> => {
  const file = await open(path);
  try {
    return (await file.stat()).size > LARGEST_PICTURE ? null : picturePage(await file.readFile());
  } finally {
    await file.close();
  }
};

const PICTURE = /^\/(part|remote)\/([^/]+)$/;

/** The picture that a path of a view names, by part or by its number among the remote ones; null for all other paths. */
export const pictureIn = (path: string): { part: string } | { n: number } | null => {
  const [, kind, name = ''] = PICTURE.exec(path) ?? [];
  try {
    if (kind === 'part') return { part: decodeURIComponent(name) };
  } catch {
    return null;
  }
  return kind === 'remote' && /^\d{1,6}$/.test(name) ? { n: Number(name) } : null;
};

/**
 * The pages of an email whose HTML, made safe, the backend answered. Remote pictures are there only where they were asked for;
 * `unloaded`: one of them could not be had.
 */
export const pagesOfEmail =
  (ask: Ask, { account, email, part, remoteContent }: Shown, document: Page, unloaded: () => void): Pages =>
  async (path, signal) => {
    if (path === '/') return document;
    const picture = pictureIn(path);
    if (picture === null) return null;
    try {
      if ('part' in picture)
        return await pictureFile((await ask('attachments.read', account, { email, part: picture.part }, signal)).path);
      if (!remoteContent) return null;
      const which = { email, ...(part === undefined ? {} : { part }), n: picture.n };
      return await pictureFile((await ask('bodies.remote', account, which, signal)).path);
    } catch (error) {
      // A picture that cannot be had is not there: the message is read all the same.
      if (!(error instanceof TernError)) throw error;
      if ('n' in picture) unloaded();
      return null;
    }
  };
