/** Whose message it is: the view that shows it, its parts by Content-ID, and what becomes of remote content. */
export type View = {
  view: string;
  /** Ids of the message's own parts by their Content-ID, without angle brackets. */
  parts: ReadonlyMap<string, string>;
  remote: 'blocked' | 'linked';
};

/** Where a picture comes from: `local` addresses are written as they are, `remote` ones are another's. */
export type Picture = { kind: 'local' | 'remote'; url: string };

const parseUrl = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null);

/** As browsers read it: without white space around it, and without tabs and line ends anywhere (URL standard, 4.4). */
const tidyUrl = (text: string): string => {
  // No pattern: one for the end would look at white space within once from each of its characters.
  let from = 0;
  let to = text.length;
  while (from < to && text.charCodeAt(from) <= 0x20) from++;
  while (from < to && text.charCodeAt(to - 1) <= 0x20) to--;
  return text.slice(from, to).replaceAll(/[\t\n\r]/g, '');
};

const webUrl = (text: string): URL | null => {
  const url = parseUrl(text.startsWith('//') ? `https:${text}` : text);
  return url && (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '' ? url : null;
};

/** The absolute address, if it is on the web (http or https); null for all else. `//host` is taken as https. */
export const remoteUrl = (text: string): string | null => webUrl(tidyUrl(text))?.href ?? null;

const MAGIC: [type: string, bytes: RegExp][] = [
  ['png', /^\x89PNG\r\n\cZ\n/],
  ['jpeg', /^\xff\xd8\xff/],
  ['gif', /^GIF8[79]a/],
  ['webp', /^RIFF[^]{4}WEBP/],
];
const DATA = /^data:image\/(?:png|jpe?g|gif|webp|pjpeg|x-png);base64,/i;

/** A data: address of a raster image whose first bytes are those of one, under its true type; null for all else. */
const dataPicture = (text: string): string | null => {
  const head = DATA.exec(text)?.[0];
  if (head === undefined) return null;
  const body = text.slice(head.length);
  const bytes = body.includes('%')
    ? body.replaceAll(/%(2B|2F|3D)/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : body;
  const dense = bytes.replaceAll(/[ \f]/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(dense)) return null;
  const start = Buffer.from(dense.slice(0, 24), 'base64').toString('latin1');
  const type = MAGIC.find(([, magic]) => magic.test(start))?.[0];
  return type === undefined ? null : `data:image/${type};base64,${dense}`;
};

const unescaped = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const partUrl = ({ view }: View, part: string): string => `tern-mail://${view}/part/${encodeURIComponent(part)}`;

/** `tern-mail:` for the n-th remote address of a view, counted from 0. */
export const linkedUrl = ({ view }: View, n: number): string => `tern-mail://${view}/remote/${n}`;

const knownParts = new WeakMap<View, ReadonlySet<string>>();

/** The addresses of all parts of a view, made once: an email may ask about each of its parts any number of times. */
const partUrls = (view: View): ReadonlySet<string> => {
  const found = knownParts.get(view) ?? new Set([...view.parts.values()].map((part) => partUrl(view, part)));
  knownParts.set(view, found);
  return found;
};

/** Whether an address is one that this view itself writes: only that may come back when HTML is sanitised again. */
const isOwn = (view: View, text: string): boolean => {
  const start = linkedUrl(view, 0).slice(0, -1);
  if (text.startsWith(start)) return view.remote === 'linked' && /^(?:0|[1-9]\d{0,6})$/.test(text.slice(start.length));
  return partUrls(view).has(text);
};

const cidPicture = (view: View, text: string): string | null => {
  const id = text.slice('cid:'.length);
  const part = view.parts.get(id) ?? view.parts.get(unescaped(id)) ?? view.parts.get(`<${id}>`);
  return part === undefined ? null : partUrl(view, part);
};

/** What an address of a picture means; null where nothing may be loaded. `mayCid` only in `<img src>`. */
export const pictureOf = (view: View, text: string, mayCid: boolean): Picture | null => {
  const tidy = tidyUrl(text);
  const scheme = /^[a-z][a-z\d+.-]*:/i.exec(tidy)?.[0].toLowerCase();
  const local = (url: string | null): Picture | null => (url === null ? null : { kind: 'local', url });
  switch (scheme) {
    case 'cid:':
      return mayCid ? local(cidPicture(view, tidy)) : null;
    case 'data:':
      return local(dataPicture(tidy));
    case 'tern-mail:':
      return isOwn(view, tidy) && (mayCid || tidy.includes('/remote/')) ? local(tidy) : null;
    default: {
      const url = remoteUrl(tidy);
      return url === null ? null : { kind: 'remote', url };
    }
  }
};

const MAIL_FIELDS = new Set(['to', 'cc', 'bcc', 'subject', 'body', 'in-reply-to']);

/** A mailto: address without fields that would attach files or forge headers (RFC 6068, section 7). */
const mailUrl = (url: URL): string => {
  const fields = url.search
    .slice(1)
    .split('&')
    .filter((field) => MAIL_FIELDS.has(unescaped(field.split('=')[0] ?? '').toLowerCase()));
  return `mailto:${url.pathname}${fields.length === 0 ? '' : `?${fields.join('&')}`}`;
};

/** The address a link leads to, as it is written: http, https, mailto and tel; null for all others. */
export const linkUrl = (text: string): string | null => {
  const tidy = tidyUrl(text);
  const web = webUrl(tidy);
  if (web) return web.href;
  const url = parseUrl(tidy);
  if (url?.protocol === 'mailto:') return mailUrl(url);
  const number = url?.protocol === 'tel:' ? url.pathname.replaceAll(/[^\d+().;=a-z-]/gi, '') : '';
  return number === '' ? null : `tel:${number}`;
};
