/** A text of an email, decoded by its transfer encoding and charset. Lines end as they came. */
export type BodyText = {
  /** The part's id, as its server numbers it. */
  part: string;
  type: 'text/plain' | 'text/html';
  text: string;
  /** True where only the beginning is here (RFC 8621 section 4.1.4). */
  isTruncated: boolean;
  /** The parameters `format=flowed` and `delsp=yes` of plain text (RFC 3676). */
  isFlowed: boolean;
  delSp: boolean;
};

/** One thing to show in its turn: a text, by its part, or a picture that stands between texts. `type` in lower case. */
export type BodyItem = { part: string; type: string };

/**
 * What an email says, as its server or the MIME parser took it apart: what to show in turn where plain text is wanted,
 * and where HTML is (RFC 8621 section 4.1.4: textBody, htmlBody). Both may name the same texts.
 */
export type BodySource = { texts: BodyText[]; textBody: BodyItem[]; htmlBody: BodyItem[] };

/** Whether there is nothing to read or see in what an email says. */
export const isSilent = ({ texts, textBody, htmlBody }: BodySource): boolean =>
  texts.every(({ text }) => text.trim() === '') &&
  [...textBody, ...htmlBody].every(({ type }) => type === 'text/plain' || type === 'text/html');

/** An email's body as it is shown. */
export type RenderedBody = {
  /** Safe HTML, without remote content unless that was asked for; null where the email has only plain text. */
  html: string | null;
  /** The same as plain text, flowed lines joined. */
  text: string;
  /** What it is found by where that is not the text, as the HTML says something else; null otherwise. */
  words: string | null;
  /** The plain text as safe HTML, with its quotes, links and signature; null where there is `html`. */
  textHtml: string | null;
  /** How many things the HTML would have loaded from elsewhere. */
  blockedRemote: number;
  /** Their addresses, each once: `tern-mail://<view>/remote/<n>` stands for the n-th. */
  remote: string[];
  /** It could not be made safe: this is its plain text. */
  isFallback: boolean;
  /** One line of what the email says, at most 256 UTF-16 units (RFC 8621 section 4.1.4, preview). */
  preview: string;
};
