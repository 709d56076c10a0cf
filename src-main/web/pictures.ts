import { open } from 'node:fs/promises';
import { imageType } from '../lib/imageType.ts';

/** A picture of a message stands in the page itself, as no page of a message may load anything. So many bytes in all. */
const MOST_BYTES = 24 * 1024 * 1024;

/** Where a picture stands in HTML that Tern made safe: in an attribute, or in `url()` of a style. */
const PLACE = /(="|url\((?:&quot;|")?)tern-mail:\/\/[\w.-]+\/(part|remote)\/([^"'&)\s]*)/g;

/** What gives a picture's file, by its part or by its number among the remote ones. */
export type PictureSource = { part(part: string): Promise<string>; remote(n: number): Promise<string> };

const dataUrl = async (path: string, most: number): Promise<string | null> => {
  const file = await open(path);
  try {
    if ((await file.stat()).size > most) return null;
    const bytes = await file.readFile();
    const type = imageType(bytes);
    return type === null ? null : `data:${type};base64,${bytes.toString('base64')}`;
  } finally {
    await file.close();
  }
};

/** What stands for a picture that is none, so that no page asks for it. */
const NOTHING = 'data:,';

/**
 * The HTML with its pictures within it. One that cannot be had, or is none, leads nowhere; `unloaded`: so many of them are from
 * elsewhere.
 */
export const withPictures = async (
  html: string,
  source: PictureSource,
): Promise<{ html: string; unloaded: number }> => {
  const urls = new Map<string, string | null>();
  let left = MOST_BYTES;
  const read = async (kind: string, name: string): Promise<string> =>
    kind === 'part' ? source.part(decodeURIComponent(name)) : source.remote(Number(name));
  for (const [, , kind = '', name = ''] of html.matchAll(PLACE)) {
    const key = `${kind}/${name}`;
    if (urls.has(key)) continue;
    const url = await read(kind, name)
      .then((path) => dataUrl(path, left))
      .catch(() => null);
    urls.set(key, url);
    left -= url?.length ?? 0;
  }
  return {
    html: html.replaceAll(
      PLACE,
      (_, before: string, kind: string, name: string) => `${before}${urls.get(`${kind}/${name}`) ?? NOTHING}`,
    ),
    unloaded: [...urls].filter(([key, url]) => url === null && key.startsWith('remote/')).length,
  };
};
