/** Text as HTML has it. */
export const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** What links may lead to. */
const LINK = /^(?:https?:|mailto:)/i;

/** Plain text as HTML, line by line. */
export const htmlOfText = (text: string): string =>
  text
    .split('\n')
    .map((line) => `<div>${line === '' ? '<br>' : escape(line)}</div>`)
    .join('');

/** Whether HTML says more than its words and lines do. */
export const hasMarks = (html: string): boolean => /<(?!\/?(?:div|p|br)\b)/i.test(html);

/** The address of a link as people type it; null for what is none, and for any but the web's and that of mail. */
export const linkOf = (typed: string): string | null => {
  const text = typed.trim();
  if (text === '' || /\s/.test(text)) return null;
  if (LINK.test(text)) return URL.canParse(text) ? text : null;
  if (/^[^@/:]+@[^@/:]+$/.test(text)) return `mailto:${text}`;
  return /^[^/:?#]+\.[^/:?#]/.test(text) && URL.canParse(`https://${text}`) ? `https://${text}` : null;
};
