import { cutText } from '../lib/text.ts';

const LONGEST = 256;
/** As much of a text as is looked at: fillers and quotes may come before what it says. */
const LOOKED_AT = 20_000;

/** Characters that take no room, which newsletters write in rows so that nothing else is shown behind their first words. */
const FILLERS =
  /(?:\u034F|[\s\u00AD\u115F\u1160\u180E\u2000-\u200D\u2028\u2029\u2060-\u2064\u2800\u3164\uFEFF\uFFA0]){2,}/gu;
const LONE = /\u034F|[\u00AD\u200B\u2060\uFEFF]/gu;
/** They would turn round what stands beside the preview. */
const TURNING = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]|(?!\s)\p{Cc}/gu;
const VERBS = 'wrote|writes|schrieb|a écrit|escribió|ha scritto|scrisse|schreef|skrev|escreveu|napisał|написал';
const ATTRIBUTION = new RegExp(`^(?:.{0,300}\\b)?(?:${VERBS})(?:[^\\n]{0,80}):\\s*$`, 'iu');
const HALF = /^(?:On|Am|Le|El|Il|Op|Den|Em|W dniu)\s.{0,300}$/u;
const ORIGINAL =
  /^(?:-{2,}\s*(?:Original|Forwarded|Ursprüngliche|Weitergeleitete|Message d'origine).*|_{10,}|Begin forwarded message:)$/iu;

const isAttribution = (line: string, next: string | undefined): boolean =>
  ATTRIBUTION.test(line) || (HALF.test(line) && next !== undefined && ATTRIBUTION.test(`${line} ${next}`));

/** The lines that the author wrote: no quotes, no line that introduces one, no signature. */
const ownLines = (text: string): string[] => {
  const lines = text.split(/\r?\n/);
  const own: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]?.trim() ?? '';
    if (ORIGINAL.test(line) || lines[at] === '-- ') break;
    if (isAttribution(line, lines[at + 1]?.trim())) {
      if (!ATTRIBUTION.test(line)) at++;
    } else if (!line.startsWith('>')) own.push(line);
  }
  return own;
};

const oneLine = (text: string): string =>
  text
    .replaceAll(TURNING, '')
    .replaceAll(/ ?<(?:https?:|mailto:|tel:)[^<>\s]*>/g, '')
    .replaceAll(FILLERS, ' ')
    .replaceAll(LONE, '')
    .replaceAll(/\s+/g, ' ')
    .trim();

/**
 * One line of what a plain text says, at most 256 UTF-16 units (RFC 8621 section 4.1.4, preview): without quotes, where
 * it has anything else, without the addresses of links, and without the fillers of newsletters.
 */
export const previewOf = (text: string): string => {
  const start = cutText(text, LOOKED_AT).toWellFormed();
  const own = oneLine(ownLines(start).join('\n'));
  return cutText(own === '' ? oneLine(start.replaceAll(/^[> ]+/gm, '')) : own, LONGEST).trimEnd();
};
