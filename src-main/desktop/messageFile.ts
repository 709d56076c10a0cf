import { open } from 'node:fs/promises';
import { TernError } from '../../src-shared/errors.ts';
import type { Link } from '../../src-shared/linkWarnings.ts';
import type { Address } from '../../src-shared/model.ts';
import type { RemoteAttachment } from '../../src-shared/remote.ts';
import { fileName } from '../mime/fileName.ts';
import type { ParsedMessage } from '../mime/message.ts';
import { fallbackBody } from '../render/fallback.ts';
import type { Renderer } from '../render/renderer.ts';
import { linksOf } from '../web/links.ts';
import { documentPage, type Pages, pictureIn, picturePage } from './pages.ts';
import { t } from './strings.ts';

/**
 * A message that is a file of this machine: its head under `/head`, what it says under `/`, what is attached under `/save/<part>`.
 * Head and text are two documents, as styles of a message could hide or forge what stands beside it.
 */
export type MessageFile = { title: string; pages: Pages; links: readonly Link[] };

/** In bytes. Larger ones belong into an account. */
const LARGEST = 64 * 1024 * 1024;

/** In CSS pixels: room for the head, above the text. A longer one is scrolled. */
export const HEAD_HEIGHT = 150;
const HEAD_STYLE = `max-height:${HEAD_HEIGHT - 24}px;overflow:auto`;

/** What is served as the host of addresses of such a view. */
const VIEW = 'file';
const SAVED = /^\/save\/([^/]+)$/;

/** Whether a link of the head asks for something that is attached to be saved. */
export const isSaving = (url: string): boolean => url.startsWith('tern-mail://view/save/');

/** Reads and renders a message file (RFC 5322, `.eml`), without anything from elsewhere. Throws `tooLarge`, `storage`. */
export const openMessageFile = async (
  path: string,
  renderer: Renderer,
  scheme: 'light' | 'dark',
): Promise<MessageFile> => {
  const bytes = await readAll(path);
  const message = await renderer.parse(bytes);
  const head = documentPage(headHtml(message), scheme);
  const body = await bodyHtml(message, renderer);
  const document = documentPage(body, scheme);
  return {
    title: message.header.subject ?? t.message,
    links: linksOf(body),
    pages: async (asked, signal) => {
      if (asked === '/head') return head;
      if (asked === '/') return document;
      const take = (part: string) => renderer.takePart(bytes, part, signal).catch(() => null);
      const saved = message.attachments.find(({ part }) => part === SAVED.exec(asked)?.[1]);
      if (saved) {
        const found = await take(saved.part);
        return found && { type: 'application/octet-stream', bytes: new Uint8Array(found), name: nameOf(saved) };
      }
      const picture = pictureIn(asked);
      if (picture === null || !('part' in picture)) return null;
      const found = await take(picture.part);
      return found && picturePage(Buffer.from(found));
    },
  };
};

const readAll = async (path: string): Promise<Buffer> => {
  try {
    const file = await open(path);
    try {
      if ((await file.stat()).size > LARGEST) throw new TernError('tooLarge', t.file.tooLarge);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof TernError) throw error;
    throw new TernError('storage', t.file.unreadable, { cause: error });
  }
};

const bodyHtml = async ({ source, attachments }: ParsedMessage, renderer: Renderer): Promise<string> => {
  const options = { view: VIEW, parts: picturesByCid(attachments), remote: 'blocked' } as const;
  const { html, textHtml } = await renderer.render(source, options).catch(() => fallbackBody(source));
  return html ?? textHtml ?? '';
};

const picturesByCid = (attachments: readonly RemoteAttachment[]): Map<string, string> =>
  new Map(
    attachments
      .filter(({ type }) => /^image\/(?!svg)/i.test(type))
      .flatMap(({ cid, part }) => (cid === null ? [] : [[cid, part] as const]))
      .toReversed(),
  );

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Text as HTML; what acts on the text around it is taken out. */
const escaped = (text: string): string =>
  text.replaceAll(/\p{Cf}/gu, '').replaceAll(/[&<>"]/g, (char) => escapes[char] ?? '');

const addresses = (people: readonly Address[]): string =>
  people.map(({ name, email }) => (name ? `${name} <${email}>` : email)).join(', ');

const nameOf = ({ name, type }: RemoteAttachment): string => fileName(name, type);

/** A link that asks for a window, which is how the program hears of it. */
const savingLink = (attachment: RemoteAttachment): string =>
  `<a href="tern-mail://view/save/${encodeURIComponent(attachment.part)}" target="_blank">${escaped(nameOf(attachment))}</a> ` +
  `(${Math.ceil(attachment.size / 1000)} kB)`;

/** Who wrote it, to whom, when and about what, and what is attached, to be saved. */
const headHtml = ({ header, attachments }: ParsedMessage): string => {
  const lines = [
    [t.head.from, addresses(header.from)],
    [t.head.to, addresses(header.to)],
    [t.head.cc, addresses(header.cc)],
    [t.head.date, header.sentAt ?? ''],
    [t.head.subject, header.subject ?? ''],
  ]
    .filter(([, value]) => value !== '')
    .map(([name, value = '']) => `<div><b>${name}:</b> ${escaped(value)}</div>`);
  const saving =
    attachments.length === 0 ? '' : `<div><b>${t.head.save}:</b> ${attachments.map(savingLink).join(', ')}</div>`;
  return `<div style="${HEAD_STYLE}">${lines.join('')}${saving}</div>`;
};
