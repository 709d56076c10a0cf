import type { RawImap } from '../imap/rawImap.ts';
import { append } from '../imap/rawImapAppend.ts';
import { pairsOf, textOf, tokensOf } from '../imap/rawImapLines.ts';
import { listMailboxes, mailboxOf, wireName } from '../imap/rawImapMailboxes.ts';
import type { TestMail } from '../mailServer.ts';
import { type Message, toMessage } from './message.ts';

/** EMAILIDs (RFC 8474), which are the JMAP ids, of UIDs in the mailbox, in the same order. */
const emailIds = async (imap: RawImap, mailbox: string, uids: number[]): Promise<string[]> => {
  await imap.run(`EXAMINE ${mailbox}`);
  const found = new Map<number, string>();
  for (const line of (await imap.run(`UID FETCH ${uids.at(0)}:${uids.at(-1)} (EMAILID)`)).lines) {
    const pairs = pairsOf(tokensOf(line)[3]);
    found.set(Number(pairs.get('UID')), textOf([pairs.get('EMAILID') ?? null].flat()[0]));
  }
  return uids.map((uid) => {
    const email = found.get(uid);
    if (!email) throw new Error(`no EMAILID for UID ${uid} of ${mailbox}`);
    return email;
  });
};

/** Appends each mail to all of its mailboxes: the same bytes in two of them are one email to Cyrus. Answers the JMAP ids. */
export const deliverByImap = async (imap: RawImap, mails: TestMail[]): Promise<string[]> => {
  // The MAILBOXID is the JMAP id of a mailbox (RFC 8474 section 4.1).
  const mailboxes = await listMailboxes(imap, 'MAILBOXID');
  const inbox = mailboxes.find(({ role }) => role === 'inbox')?.id ?? '';
  const groups = new Map<string, { index: number; message: Message }[]>();
  for (const [index, mail] of mails.entries()) {
    const message = toMessage(mail);
    for (const id of mail.mailboxIds ?? [inbox]) groups.set(id, [...(groups.get(id) ?? []), { index, message }]);
  }
  const ids: string[] = mails.map(() => '');
  for (const [id, group] of groups) {
    const name = wireName(mailboxOf(mailboxes, id).path);
    const uids = await append(
      imap,
      name,
      group.map(({ message }) => message),
    );
    for (const [n, email] of (await emailIds(imap, name, uids)).entries()) ids[group[n]?.index ?? 0] = email;
  }
  return ids;
};
