import { wireEmail } from '../../../src-shared/address.ts';
import type { Address } from '../../../src-shared/model.ts';
import { senderOf } from '../../../src-shared/sender.ts';

/** A name for lists: the person's name, else the address. */
export const shortName = (address: Address): string => {
  const { name, email } = senderOf(address);
  return name ?? email;
};

/** Name and address, as a field of a message shows them. */
export const fullName = (address: Address): string => {
  const { name, email } = senderOf(address);
  return name === null ? email : `${name} <${email}>`;
};

/** An address of mail as one to write to: its name on one line, without what nobody sees. Null for what is none. */
export const recipient = (address: Address): Address | null =>
  wireEmail(address.email) === null ? null : { name: senderOf(address).name, email: address.email };

/** What is no address, as text to be mended: all of it that says something, on one line. */
export const asTyped = ({ name, email }: Address): string =>
  (name && email ? `${name} <${email}>` : (name ?? email)).replaceAll(/\s+/g, ' ').trim();

/** Splits what was typed at commas, semicolons and line ends that stand outside of quotes and brackets. */
const pieces = (text: string): string[] => {
  const found: string[] = [''];
  let quoted = false;
  let depth = 0;
  for (const char of text) {
    if (char === '"') quoted = !quoted;
    if (char === '<') depth++;
    if (char === '>') depth = 0;
    if (/[,;\n]/.test(char) && !quoted && depth === 0) found.push('');
    else found[found.length - 1] += char;
  }
  return found.map((piece) => piece.trim()).filter((piece) => piece !== '');
};

/** One address as people type or paste it: `Ann <ann@example.org>`, or without a name. Null for what is none. */
const parseOne = (text: string): Address | null => {
  const [, name = '', bracketed] = /^(.*)<([^<>]+)>$/s.exec(text) ?? [];
  const email = (bracketed ?? text).trim();
  if (wireEmail(email) === null) return null;
  const plain = name
    .trim()
    .replace(/^"(.*)"$/s, '$1')
    .replaceAll(/\\(.)/g, '$1');
  return { name: plain === '' ? null : plain, email };
};

/** The addresses in what was typed, and what is none. */
export const parseAddresses = (text: string): { addresses: Address[]; rest: string[] } => {
  const addresses: Address[] = [];
  const rest: string[] = [];
  for (const piece of pieces(text)) {
    const address = parseOne(piece);
    if (address) addresses.push(address);
    else rest.push(piece);
  }
  return { addresses, rest };
};
