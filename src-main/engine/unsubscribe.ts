import { createReadStream } from 'node:fs';
import type { CallOutput } from '../../src-shared/contract.ts';
import { TernError } from '../../src-shared/errors.ts';
import { parseMailto } from '../../src-shared/mailto.ts';
import { beginningOf } from '../lib/bytes.ts';
import { listUrls } from '../mime/listUrls.ts';
import { isOneClick, type UnsubscribeWays, unsubscribeWays, waysOf } from '../mime/unsubscribe.ts';
import type { Store } from '../store/db.ts';
import { readEmail } from '../store/emailReads.ts';
import { mailboxesWithRole } from '../store/mailboxes.ts';
import type { ReadFile } from './files.ts';

type Answer = CallOutput<'mailingList.unsubscribe'>;
/** Leaves the list that sent an email, by local id, or says what the person has to do. */
export type Unsubscribe = (email: number, options: { evenJunk: boolean }, signal: AbortSignal) => Promise<Answer>;

type Parts = {
  account: string;
  store: Store;
  readFile: ReadFile;
  post: (address: string, signal: AbortSignal) => Promise<void>;
};

/** As much of a message as its header may have (`readFields`). */
const LARGEST_HEADER = 1024 * 1024;

/** By one click where the message offers that (RFC 8058), else by what is left; nothing is done twice, and nothing later. */
export const createUnsubscribe =
  ({ account, store, readFile, post }: Parts): Unsubscribe =>
  async (id, { evenJunk }, signal) => {
    const { email, isJunk } = store.read((db) => {
      const found = readEmail(db, account, id);
      const junk = mailboxesWithRole(db, 'junk').map(String);
      return { email: found, isJunk: junk.some((mailbox) => found?.mailboxIds[mailbox]) };
    });
    if (!email) throw new TernError('notFound', 'no such email', { field: 'email' });
    if (isJunk && !evenJunk)
      throw new TernError('forbidden', 'it is junk: its sender would learn that somebody reads it', {
        field: 'evenJunk',
      });
    const urls = listUrls(email.listUnsubscribe ?? '');
    const offered = isOneClick(email.listUnsubscribePost ?? '');
    const ways = offered ? unsubscribeWays(await headerOf(readFile, id, signal)) : { post: null, ...waysOf(urls) };
    if (ways.post === null) return byHand(ways);
    await post(ways.post, signal);
    return { way: 'posted', host: new URL(ways.post).host };
  };

/** From the server: what a signature covers is not held. */
const headerOf = async (readFile: ReadFile, email: number, signal: AbortSignal): Promise<Buffer> => {
  const { path } = await readFile(email, null, signal);
  return beginningOf(createReadStream(path), LARGEST_HEADER);
};

const byHand = ({ mailto, page }: UnsubscribeWays): Answer => {
  const fields = mailto === null ? null : parseMailto(mailto);
  const to = fields?.to[0];
  // To one address alone: no header of a stranger's may have the person write to many.
  if (fields && to)
    return { way: 'mailto', draft: { to: [to], subject: fields.subject || 'unsubscribe', text: fields.body } };
  return page === null ? { way: 'none' } : { way: 'page', url: page };
};
