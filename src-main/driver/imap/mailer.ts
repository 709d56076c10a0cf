import type { Cursors } from '../driver.ts';
import type { Fate, Mailer, Outgoing } from '../outgoing.ts';
import type { SmtpSender } from '../smtp/sender.ts';
import type { Memory } from './context.ts';
import { ImapRefusal } from './errors.ts';
import { fileMessage, mailboxOf } from './filing.ts';
import { findMessage } from './find.ts';
import type { Reading } from './reading.ts';

type Parts = { account: string; reading: Reading; memory: Memory; sender: SmtpSender };

/** Mail leaves an IMAP account by SMTP, and what was sent is put into Sent (docs/sending.md SF). */
export const createImapMailer = ({ account, reading, memory, sender }: Parts): Mailer => {
  /** Whether a message lies in Sent. Ids mean something within one account alone. */
  const isInSent = async ({ messageId, sent }: Outgoing, cursors: Cursors, signal: AbortSignal): Promise<boolean> => {
    if (sent === null || cursors['account'] !== account) return false;
    return reading.turn(signal, async (connection) => {
      try {
        const mailbox = await mailboxOf(connection, memory, cursors, sent);
        return mailbox !== undefined && (await findMessage(connection, mailbox, messageId)) !== null;
      } catch (error) {
        // A mailbox that cannot be looked into shows nothing.
        if (error instanceof ImapRefusal && error.lasting) return false;
        throw error;
      }
    });
  };
  return {
    outlet: sender.outlet,
    identities: async () => [],
    file: async (filing, options, signal) =>
      options.cursors['account'] === account
        ? fileMessage({ reading, memory }, filing, options, signal)
        : { result: 'stale' },
    submit: sender.submit,
    fate: async (message, _journal, cursors, signal): Promise<Fate> =>
      (await isInSent(message, cursors, signal)) ? 'accepted' : 'unknown',
    isFiled: isInSent,
    // SMTP has no way to take anything back.
    cancel: async () => false,
  };
};
