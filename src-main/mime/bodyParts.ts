import type { RemoteAttachment } from '../../src-shared/remote.ts';
import type { Part } from './part.ts';

/** A message's parts by what they are to a reader: RFC 8621 section 4.1.4. A part may be of several. */
export type BodyParts = {
  /** What to show in turn, where plain text is wanted and where HTML is. */
  text: Part[];
  html: Part[];
  attachments: RemoteAttachment[];
  /** Pictures and the like that stand between the texts: they can be saved, too, and are not among the attachments. */
  shown: RemoteAttachment[];
  /** Whether there is something that a person would call attached: pictures that the HTML shows are not. */
  hasAttachment: boolean;
};

/** Where a part stands: the multipart around it, and whether one further out is alternative. */
type Around = { type: string; inAlternative: boolean };

/** Null stands for a kind of body that an alternative around made pointless. */
type Found = { text: Part[] | null; html: Part[] | null; attachments: Part[]; pictures: Set<Part> };

const isMedia = ({ type }: Part): boolean => /^(?:image|audio|video)\//.test(type);

const isInline = (part: Part, index: number, around: Around): boolean =>
  part.disposition !== 'attachment' &&
  (part.type === 'text/plain' || part.type === 'text/html' || isMedia(part)) &&
  (index === 0 || (around.type !== 'related' && (isMedia(part) || part.name === null)));

const sortAlternative = (part: Part, found: Found): void => {
  if (part.type === 'text/plain') found.text?.push(part);
  else if (part.type === 'text/html') found.html?.push(part);
  else found.attachments.push(part);
};

const sortInline = (part: Part, around: Around, found: Found): void => {
  if (around.type === 'alternative') {
    sortAlternative(part, found);
    return;
  }
  if (around.inAlternative && part.type === 'text/plain') found.html = null;
  if (around.inAlternative && part.type === 'text/html') found.text = null;
  found.text?.push(part);
  found.html?.push(part);
  if ((!found.text || !found.html) && isMedia(part)) found.attachments.push(part);
};

/** The algorithm of RFC 8621 section 4.1.4, its own words for variables. */
const sortParts = (parts: (Part | null)[], around: Around, given: Found): void => {
  const found = { ...given };
  const textLength = found.text?.length ?? -1;
  const htmlLength = found.html?.length ?? -1;
  for (const [index, part] of parts.entries()) {
    if (part === null) continue;
    const [kind, subtype = ''] = part.type.split('/');
    if (kind === 'multipart') {
      const inAlternative = around.inAlternative || subtype === 'alternative';
      sortParts(part.parts, { type: subtype, inAlternative }, found);
    } else if (isInline(part, index, around)) {
      sortInline(part, around, found);
    } else {
      found.attachments.push(part);
      if (around.type === 'related' && part.cid !== null && part.disposition !== 'attachment') found.pictures.add(part);
    }
  }
  if (around.type !== 'alternative' || !found.text || !found.html) return;
  // Only one of two kinds was there: it serves for both.
  if (textLength === found.text.length) found.text.push(...found.html.slice(htmlLength));
  else if (htmlLength === found.html.length) found.html.push(...found.text.slice(textLength));
};

/** Base64 makes 57 bytes a line of 76 characters and a line's end. */
const decodedSize = ({ encoding, size }: Part): number => (encoding === 'base64' ? Math.floor((size * 57) / 78) : size);

const attachmentOf = (part: Part): RemoteAttachment => ({
  part: part.number,
  blobId: null,
  name: part.name,
  type: part.type,
  size: decodedSize(part),
  cid: part.cid,
  disposition: part.disposition,
});

/** Which parts are the text and which are attached. Sizes of attachments in base64 are what they must be, give or take. */
export const bodyPartsOf = (structure: Part | null): BodyParts => {
  const found = { text: [], html: [], attachments: [], pictures: new Set<Part>() } satisfies Found;
  sortParts([structure], { type: 'mixed', inAlternative: false }, found);
  const { text, html, attachments, pictures } = found;
  return {
    text,
    html,
    attachments: attachments.map(attachmentOf),
    shown: [...new Set([...text, ...html])]
      .filter((part) => isMedia(part) && !attachments.includes(part))
      .map(attachmentOf),
    hasAttachment: attachments.some((part) => !pictures.has(part)),
  };
};
