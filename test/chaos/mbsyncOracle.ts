import type { MailServer } from '../servers/mailServer.ts';
import { mbsyncAvailable, prepareMbsync } from '../servers/mbsync.ts';
import type { Readable } from './actor.ts';
import { heldPlaces } from './imapEyes.ts';

/** All that a Maildir can say of a message. */
const flags: ReadonlySet<string> = new Set(['$seen', '$flagged', '$answered', '$draft']);

const lineOf = (mailbox: string, subject: string | null, keywords: string[]): string =>
  [mailbox, subject, ...keywords.filter((keyword) => flags.has(keyword)).toSorted()].join(' ');

const without = (lines: readonly string[], others: readonly string[]): string[] => {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
};

/** Where the replica differs from what mbsync, which knows nothing of Tern, reads of the account; in words. */
export const mbsyncDifferences = async (
  server: Pick<MailServer, 'config' | 'credential'>,
  raw: Readable,
): Promise<string[]> => {
  if (mbsyncAvailable() !== null) return [];
  const copy = prepareMbsync(server);
  try {
    await copy.sync();
    const theirs = copy.held().map(({ mailbox, subject, keywords }) => lineOf(mailbox, subject, keywords));
    const ours = Object.values(heldPlaces(raw).emails).flatMap(({ mailboxIds, subject, keywords }) =>
      mailboxIds.map((mailbox) => lineOf(mailbox, subject, keywords)),
    );
    return [
      ...without(ours, theirs).map((line) => `mbsync does not have ${line}`),
      ...without(theirs, ours).map((line) => `mbsync alone has ${line}`),
    ];
  } finally {
    copy.remove();
  }
};
