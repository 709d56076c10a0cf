import { envelopeOf } from './envelope.ts';
import { type Parameterised, parseParameters, valueOf } from './header.ts';
import type { MimePart } from './mimeTree.ts';
import { nstring, stringOf } from './text.ts';

const paramsOf = ({ params }: Parameterised): string =>
  params.length === 0 ? 'NIL' : `(${params.map(([name, value]) => `${stringOf(name)} ${stringOf(value)}`).join(' ')})`;

const disposition = ({ fields }: MimePart): string => {
  const text = valueOf(fields, 'Content-Disposition');
  if (text === null) return 'NIL';
  const parsed = parseParameters(text);
  return `(${stringOf(parsed.value)} ${paramsOf(parsed)})`;
};

const languages = ({ fields }: MimePart): string => {
  const text = valueOf(fields, 'Content-Language');
  return text === null
    ? 'NIL'
    : `(${text
        .split(/[\s,]+/)
        .map(stringOf)
        .join(' ')})`;
};

/** What BODYSTRUCTURE says in addition to BODY, after MD5 or the parameters of a multipart. */
const extension = (part: MimePart): string =>
  ` ${disposition(part)} ${languages(part)} ${nstring(valueOf(part.fields, 'Content-Location'))}`;

const linesIn = (text: string, { bodyAt, end }: MimePart): number => {
  let lines = 0;
  for (let at = text.indexOf('\n', bodyAt); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
};

/** BODY, or BODYSTRUCTURE where `extended`, of a part (RFC 3501 section 7.4.2); `text` is the whole message. */
export const structureOf = (text: string, part: MimePart, extended: boolean): string => {
  const [type = 'text', subtype = 'plain'] = part.type.split('/');
  if (part.parts.length > 0) {
    const parts = part.parts.map((inner) => structureOf(text, inner, extended)).join('');
    return `(${parts} ${stringOf(subtype)}${extended ? ` ${paramsOf(part.contentType)}${extension(part)}` : ''})`;
  }
  const value = (name: string) => valueOf(part.fields, name);
  const items = [
    stringOf(type),
    stringOf(subtype),
    paramsOf(part.contentType),
    nstring(value('Content-ID')),
    nstring(value('Content-Description')),
    stringOf(value('Content-Transfer-Encoding')?.toLowerCase() ?? '7bit'),
    String(part.end - part.bodyAt),
  ];
  if (part.message) items.push(envelopeOf(part.message.fields), structureOf(text, part.message, extended));
  if (part.message || type === 'text') items.push(String(linesIn(text, part)));
  return `(${items.join(' ')}${extended ? ` ${nstring(value('Content-MD5'))}${extension(part)}` : ''})`;
};
