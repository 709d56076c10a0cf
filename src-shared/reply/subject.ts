const REPLIES = 're|aw|antw|antwort|sv|vs|odp|ynt|res|rép|ответ|απ|回复|回覆|答复|答覆|回信|返信|تد|הועבר';
const FORWARDS = 'fwd?|wg|tr|rv|enc|vb|vl|doorst|ilt|pd|továbbítás|переслано|πρθ|转发|轉寄|轉發|転送|إعادة توجيه';

/** One prefix at the beginning, counted as some programs do: 'Re:', 'RE[2]:', 'Re^2:', 'Aw (3):', '回复：'. */
const prefix = (words: string): RegExp =>
  new RegExp(`^(?:${words})\\s{0,3}(?:\\[\\d{1,3}\\]|\\^\\d{1,3}|\\(\\d{1,3}\\)|\\*\\d{1,3})?\\s{0,3}[:：]\\s*`, 'iu');
const REPLY = prefix(REPLIES);
const FORWARD = prefix(FORWARDS);
const LONGEST = 1900;

/** A subject on one line, without what cannot be sent. */
const plain = (subject: string | null): string =>
  (subject ?? '')
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, LONGEST)
    .toWellFormed();

const without = (subject: string, pattern: RegExp): string => {
  let rest = subject;
  for (let found = pattern.exec(rest); found; found = pattern.exec(rest)) rest = rest.slice(found[0].length);
  return rest;
};

/** What a message in answer to one of this subject is about: 'Re:' once, whatever others wrote for it. */
export const replySubject = (subject: string | null): string => `Re: ${without(plain(subject), REPLY)}`.trimEnd();

/** What a message is about that passes one of this subject on. */
export const forwardSubject = (subject: string | null): string => `Fwd: ${without(plain(subject), FORWARD)}`.trimEnd();

/** A file's name for a message of this subject. */
export const messageFileName = (subject: string | null): string =>
  `${plain(subject).slice(0, 100).toWellFormed() || 'message'}.eml`;
