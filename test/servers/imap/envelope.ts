import { type Field, valueOf } from './header.ts';
import { nstring } from './text.ts';

/** An address, or the beginning (`mailbox` alone) or end (nothing) of a group. */
type Address = { name: string | null; mailbox: string | null; host: string | null };

const pattern = /"((?:[^"\\]|\\.)*)"|\(((?:[^()\\]|\\.)*)\)|<([^>]*)>|([,;:])|([^\s",;:<>()]+)/g;

const splitAddress = (text: string): Pick<Address, 'mailbox' | 'host'> => {
  const at = text.lastIndexOf('@');
  return at < 0 ? { mailbox: text, host: null } : { mailbox: text.slice(0, at), host: text.slice(at + 1) };
};

/** Reads an address list (RFC 5322 section 3.4) as far as test mails need it; names stay encoded. */
const addressesOf = (text: string): Address[] => {
  const found: Address[] = [];
  let words: string[] = [];
  let comment: string | null = null;
  let angle: string | null = null;
  const finish = (): void => {
    const name = words.length > 0 ? words.join(' ') : null;
    if (angle !== null) found.push({ name: name ?? comment, ...splitAddress(angle) });
    else if (name !== null) found.push({ name: comment, ...splitAddress(words.join('')) });
    [words, comment, angle] = [[], null, null];
  };
  for (const [, quoted, remark, bracketed, mark, word] of text.matchAll(pattern)) {
    if (quoted !== undefined) words.push(quoted.replaceAll(/\\(.)/g, '$1'));
    else if (remark !== undefined) comment = remark;
    else if (bracketed !== undefined) angle = bracketed.trim();
    else if (word !== undefined) words.push(word);
    else if (mark === ':') {
      found.push({ name: null, mailbox: words.join(' '), host: null });
      words = [];
    } else {
      finish();
      if (mark === ';') found.push({ name: null, mailbox: null, host: null });
    }
  }
  finish();
  return found;
};

const list = (text: string | null): string => {
  const addresses = text === null ? [] : addressesOf(text);
  if (addresses.length === 0) return 'NIL';
  return `(${addresses.map(({ name, mailbox, host }) => `(${nstring(name)} NIL ${nstring(mailbox)} ${nstring(host)})`).join('')})`;
};

/** ENVELOPE of a message's header (RFC 3501 section 7.4.2). */
export const envelopeOf = (fields: readonly Field[]): string => {
  const value = (name: string) => valueOf(fields, name);
  const from = list(value('From'));
  const orFrom = (text: string): string => (text === 'NIL' ? from : text);
  return `(${[
    nstring(value('Date')),
    nstring(value('Subject')),
    from,
    orFrom(list(value('Sender'))),
    orFrom(list(value('Reply-To'))),
    list(value('To')),
    list(value('Cc')),
    list(value('Bcc')),
    nstring(value('In-Reply-To')),
    nstring(value('Message-ID')),
  ].join(' ')})`;
};
