import type { Dial, RawImap } from '../rawImap.ts';
import { signInImap } from '../rawImap.ts';
import { bareMail, nestedMail, plainMail } from './mails.ts';
import { normal } from './normal.ts';

/** An account of one of the two servers, with nothing in it but the mailboxes it begins with. */
export type Account = { dial: Dial; username: string; password: string };

/** A client of the account; what it hears is normal, in the order of its answers. */
export type Client = {
  /** Sends a command; what came of it, without what differs from server to server by right. */
  ask(...pieces: (string | Buffer)[]): Promise<unknown>;
  /** Waits for an untagged line that matches. */
  heard(match: RegExp): Promise<unknown>;
  /** The client itself, for what is no plain command. */
  raw: RawImap;
};

/** One of the two servers while an exchange is made with it. */
export type Side = {
  /** Another connection, signed in. */
  client(): Promise<Client>;
  /** Appends mails: a plain one for a subject, and the others by their names. */
  bring(...subjects: string[]): Promise<void>;
  account: Account;
};

const made: Record<string, Buffer> = { nested: nestedMail, bare: bareMail };

/** Opens a side; `clients` of it end with the exchange. */
export const openSide = async (account: Account, clients: RawImap[]): Promise<Side> => {
  const client = async (): Promise<Client> => {
    const raw = await signInImap(account.dial, account.username, account.password);
    clients.push(raw);
    return {
      raw,
      ask: (...pieces) =>
        raw.ask(...pieces).then(
          (answer) => normal(answer),
          () => 'hung up',
        ),
      heard: async (match) => normal({ status: 'OK', text: '', lines: [await raw.heard(match)] }),
    };
  };
  const bring = async (...subjects: string[]): Promise<void> => {
    const { raw } = await client();
    await raw.run('UNSUBSCRIBE INBOX');
    for (const [index, subject] of subjects.entries()) {
      const date = `" ${index + 1}-Jan-2026 08:00:00 +0000"`;
      await raw.run(`APPEND INBOX () ${date} `, made[subject] ?? plainMail(subject));
    }
    raw.close();
  };
  return { client, bring, account };
};
