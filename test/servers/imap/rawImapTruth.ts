import type { Truth } from '../mailServer.ts';
import type { RawImap } from './rawImap.ts';
import { pairsOf, type Token, textOf, tokensOf } from './rawImapLines.ts';
import { type ListedMailbox, splitPath, wireName } from './rawImapMailboxes.ts';
import type { Place } from './rawImapPlaces.ts';

const systemFlags: Record<string, string> = {
  '\\seen': '$seen',
  '\\flagged': '$flagged',
  '\\answered': '$answered',
  '\\draft': '$draft',
  '\\deleted': '$deleted',
};

/** A keyword of RFC 8621 section 4.1.1 as an IMAP flag; `$deleted` stands for \Deleted. */
export const flagOf = (keyword: string): string =>
  Object.entries(systemFlags).find(([, name]) => name === keyword.toLowerCase())?.[0] ?? keyword;

const keywordsOf = (flags: Token | undefined): string[] =>
  (Array.isArray(flags) ? flags : [])
    .map((flag) => textOf(flag).toLowerCase())
    .filter((flag) => flag !== '\\recent')
    .map((flag) => systemFlags[flag] ?? flag)
    .toSorted();

/** The subject of a header that holds nothing else, its encoded words (RFC 2047) of base64 and UTF-8 decoded. */
const subjectOf = (header: Token | undefined): string | null => {
  const field = /^Subject:\s*([^]*)$/i.exec(textOf(header).trim())?.[1];
  if (field === undefined) return null;
  return field
    .replaceAll(/\r\n(?=\s)/g, '')
    .replaceAll(/=\?utf-8\?b\?([^?]*)\?=/gi, (_, base64: string) => Buffer.from(base64, 'base64').toString());
};

const isoOf = (date: string): string => new Date(date.trim().replace(/-/, ' ').replace(/-/, ' ')).toISOString();

type Read = Place & Omit<Truth['emails'][string], 'mailboxIds'>;

/** Every email of a mailbox, those flagged \Deleted too. */
const readEmails = async (imap: RawImap, { id, path }: ListedMailbox): Promise<Read[]> => {
  await imap.run(`EXAMINE ${wireName(path)}`);
  const { lines } = await imap.run('UID FETCH 1:* (UID FLAGS INTERNALDATE BODY.PEEK[HEADER.FIELDS (SUBJECT)])');
  return lines.flatMap((line) => {
    const [, , kind, items] = tokensOf(line);
    const pairs = pairsOf(items);
    if (kind !== 'FETCH' || !pairs.has('UID') || !pairs.has('INTERNALDATE')) return [];
    return {
      mailbox: id,
      uid: Number(pairs.get('UID')),
      subject: subjectOf(pairs.get('BODY[HEADER.FIELDS (SUBJECT)]')),
      receivedAt: isoOf(textOf(pairs.get('INTERNALDATE'))),
      keywords: keywordsOf(pairs.get('FLAGS')),
    };
  });
};

/** All that an IMAP account holds: an email for each UID of each mailbox. `nameOf` gives each place its id. */
export const readTruth = async (
  imap: RawImap,
  mailboxes: ListedMailbox[],
  nameOf: (place: Place) => string,
): Promise<Truth> => {
  const truth: Truth = { mailboxes: {}, emails: {} };
  for (const mailbox of mailboxes) {
    const { id, role, selectable } = mailbox;
    const { name, above } = splitPath(mailbox);
    const emails = selectable ? await readEmails(imap, mailbox) : [];
    const shown = emails.filter(({ keywords }) => !keywords.includes('$deleted'));
    truth.mailboxes[id] = {
      name,
      parentId: mailboxes.find(({ path }) => path === above)?.id ?? null,
      role,
      totalEmails: shown.length,
      unreadEmails: shown.filter(({ keywords }) => !keywords.includes('$seen') && !keywords.includes('$draft')).length,
    };
    for (const { mailbox: place, uid, ...email } of shown)
      truth.emails[nameOf({ mailbox: place, uid })] = { ...email, mailboxIds: [place] };
  }
  return truth;
};

/** The server's threads (THREADID of RFC 8474) by the names of their places. */
export const readThreads = async (
  imap: RawImap,
  mailboxes: ListedMailbox[],
  nameOf: (place: Place) => string,
): Promise<Record<string, string>> => {
  const threads: Record<string, string> = {};
  for (const { id, path, selectable } of mailboxes) {
    if (!selectable) continue;
    await imap.run(`EXAMINE ${wireName(path)}`);
    for (const line of (await imap.run('UID FETCH 1:* (UID THREADID)')).lines) {
      const pairs = pairsOf(tokensOf(line)[3]);
      const thread = [pairs.get('THREADID') ?? null].flat()[0];
      if (pairs.has('UID')) threads[nameOf({ mailbox: id, uid: Number(pairs.get('UID')) })] = textOf(thread);
    }
  }
  return threads;
};
