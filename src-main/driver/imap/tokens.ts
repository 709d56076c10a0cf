import type { ImapAttribute, ImapAttributeList, ImapResponse } from 'imapflow';

/** A token of a server's answer, as imapflow parsed it: an atom, string or literal, a list, or null for NIL. */
export type Token = ImapAttribute;

/** A token's text; imapflow reads lines as UTF-8 and leaves literals as bytes. Null for NIL and lists. */
export const textOf = (token: Token | undefined): string | null => {
  if (token == null || Array.isArray(token)) return null;
  const { value } = token;
  if (value == null) return null;
  return value.toString();
};

/** A token's bytes; null for NIL and lists. */
export const bytesOf = (token: Token | undefined): Buffer | null => {
  if (token == null || Array.isArray(token) || token.value == null) return null;
  return Buffer.isBuffer(token.value) ? token.value : Buffer.from(String(token.value));
};

/** A list's tokens; empty for anything else. */
export const listOf = (token: Token | undefined): ImapAttributeList => (Array.isArray(token) ? token : []);

/** A non-negative whole number below 2^53, or null. */
export const numberOf = (token: Token | undefined): number | null => {
  const text = textOf(token);
  if (text === null || !/^\d{1,15}$/.test(text)) return null;
  return Number(text);
};

/** A number of up to 64 bits as its digits, without leading zeros; null for anything else and for 0. */
export const digitsOf = (token: Token | undefined): string | null => {
  const text = textOf(token);
  return text !== null && /^\d{1,20}$/.test(text) ? text.replace(/^0+/, '') || null : null;
};

/** Names and values in turns, as STATUS and FETCH answer; names in upper case. The first of a name counts. */
export const pairsOf = (list: ImapAttributeList): Map<string, Token> => {
  const pairs = new Map<string, Token>();
  for (let at = 0; at + 1 < list.length; at += 2) {
    const name = textOf(list[at])?.toUpperCase();
    const value = list[at + 1];
    if (name !== undefined && !pairs.has(name)) pairs.set(name, value ?? null);
  }
  return pairs;
};

/** The data items of an untagged FETCH. */
export const fetchItems = (response: ImapResponse): Map<string, Token> => pairsOf(listOf(response.attributes?.[1]));

/** The response code in brackets (RFC 9051 section 7.1), its name in upper case first; empty without one. */
export const codeTokens = (response: ImapResponse): ImapAttributeList => {
  const [first] = response.attributes ?? [];
  return first && !Array.isArray(first) && !first.value ? (first.section ?? []) : [];
};
