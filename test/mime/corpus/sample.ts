/** A message of the corpus, and what a reader sees of it. */
export type Sample = {
  /** What it shows. */
  name: string;
  message: Buffer;
  /** Parts in turn, where plain text is wanted: each as 'number type'. */
  text: string[];
  /** The same where HTML is wanted; left out where it is the same. */
  html?: string[];
  /** Attachments, each as 'number type name'. */
  attached?: string[];
  /** What text parts say, by number. */
  says?: Record<string, string>;
  limits?: string[];
};

/** A message of these lines, ended by CRLF; each character is a byte. */
export const lines = (...given: string[]): Buffer => Buffer.from(given.map((line) => `${line}\r\n`).join(''), 'latin1');

/** The same, in UTF-8. */
export const utf8Lines = (...given: string[]): Buffer => Buffer.from(given.map((line) => `${line}\r\n`).join(''));

/** A multipart of that subtype, each part given as its lines, as a whole message. */
export const multipart = (subtype: string, ...parts: string[][]): Buffer =>
  lines(...multipartLines(subtype, 'b', ...parts));

/** The lines of a multipart: as a message, or as a part of one. */
export const multipartLines = (subtype: string, boundary: string, ...parts: string[][]): string[] => [
  `Content-Type: multipart/${subtype}; boundary="${boundary}"`,
  '',
  ...parts.flatMap((part) => [`--${boundary}`, ...part]),
  `--${boundary}--`,
];

export const PLAIN = ['Content-Type: text/plain; charset=utf-8', '', 'Hello'];
export const HTML = ['Content-Type: text/html; charset=utf-8', '', '<p>Hello</p>'];
export const PICTURE = [
  'Content-Type: image/png; name=a.png',
  'Content-ID: <p@x>',
  'Content-Transfer-Encoding: base64',
  '',
  'iVBORw0KGgo=',
];
export const PDF = [
  'Content-Type: application/pdf',
  'Content-Disposition: attachment; filename=plan.pdf',
  'Content-Transfer-Encoding: base64',
  '',
  'JVBERi0=',
];
