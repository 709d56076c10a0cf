import { fieldsOf } from './header.ts';
import { type MimePart, partAt } from './mimeTree.ts';
import { bad } from './refusal.ts';

/** A section of BODY[...] (RFC 3501 section 6.4.5): numbers of parts, and what of that part. */
export type Section = {
  numbers: number[];
  what: '' | 'HEADER' | 'HEADER.FIELDS' | 'HEADER.FIELDS.NOT' | 'TEXT' | 'MIME';
  /** Names of fields, in capitals. */
  names: string[];
};

const pattern = /^((?:[1-9]\d*)(?:\.[1-9]\d*)*)?\.?(HEADER|TEXT|MIME|HEADER\.FIELDS(?:\.NOT)? \((.+)\))?$/;

/** Reads what stands between the brackets, in capitals. */
export const parseSection = (text: string): Section => {
  const match = pattern.exec(text);
  if (!match) throw bad(`No such section: ${text}`);
  const [, path, spec = '', list] = match;
  const numbers = path === undefined ? [] : path.split('.').map(Number);
  const [what = ''] = spec.split(' ', 1);
  if (what === 'MIME' && numbers.length === 0) throw bad('MIME is of a part');
  const names = (list ?? '').split(' ').map((name) => name.replaceAll('"', ''));
  return { numbers, what: what as Section['what'], names: list === undefined ? [] : names };
};

const someFields = (header: string, { what, names }: Section): string => {
  const wanted = (name: string): boolean => names.includes(name.toUpperCase()) === (what === 'HEADER.FIELDS');
  const kept = fieldsOf(header).filter(({ name }) => wanted(name));
  return `${kept.map(({ name, value }) => `${name}:${value.replace(/\r?\n$/, '')}\r\n`).join('')}\r\n`;
};

/** The octets of a section, in latin1; null where the message has none such. */
export const sectionOf = (text: string, root: MimePart, section: Section): string | null => {
  const { numbers, what } = section;
  const part = partAt(root, numbers);
  if (!part) return null;
  if (what === 'MIME') return text.slice(part.headerAt, part.bodyAt);
  if (what === '') return text.slice(numbers.length === 0 ? 0 : part.bodyAt, part.end);
  const message = numbers.length === 0 ? part : part.message;
  if (!message) return null;
  if (what === 'TEXT') return text.slice(message.bodyAt, message.end);
  const header = text.slice(message.headerAt, message.bodyAt);
  return what === 'HEADER' ? header : someFields(header, section);
};
