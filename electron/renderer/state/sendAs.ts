import type { Identity } from '../../../src-shared/draft.ts';
import { quoteStart } from '../../../src-shared/reply/quote.ts';
import { textSignature } from '../../../src-shared/reply/signature.ts';
import { t } from '../strings/en.ts';
import { accountOf, accounts } from './accounts.ts';
import { call } from './line.ts';
import { attempt, toast } from './toasts.ts';
import { type Composer, type ComposerFile, composer, edit, identities, keep, settleFields } from './writing.ts';

/** What the draft of another account holds; it is taken over with the next save. */
const heldBy = (account: string, draft: string, file: ComposerFile): ComposerFile =>
  'held' in file.given ? { ...file, given: { account, draft, held: file.given.held } } : file;

/** Who writes a message, among those of its account. */
export const identityOf = ({ identity }: Pick<Composer, 'identity'>): Identity | undefined =>
  identities.value.find(({ id }) => id === identity);

const withoutLines = (text: string): string => text.replace(/^\n+/, '');

/** Below what is written and above the quote, as `drafts.begin` puts it. */
const signed = (text: string, signature: string): string => {
  const at = quoteStart(text);
  const written = text.slice(0, at).replace(/\n+$/, '');
  return [written, signature, text.slice(at)].filter((piece, n) => n === 0 || piece !== '').join('\n\n');
};

/**
 * The text with the signature of who sends it in place of who did; one that the person took out stays out. With formatting,
 * the editor sees to that.
 */
const resigned = ({ text, html }: Composer, before: Identity | undefined, after: Identity | undefined): string => {
  if (html !== null || !before) return text;
  const [old, own] = [textSignature(before), after ? textSignature(after) : ''];
  if (old === '') return own === '' ? text : signed(text, own);
  const at = `\n${text}\n`.indexOf(`\n${old}\n`);
  if (at < 0) return text;
  const below = text.slice(at + old.length);
  return `${text.slice(0, at)}${own}${own === '' ? withoutLines(below) : below}`;
};

/** It is written from another account now; emails are known there by their Message-IDs alone. */
const handOver = (now: Composer, account: string, own: Identity[], files: Partial<Composer>): void => {
  const before = identityOf(now);
  identities.value = own;
  edit({
    account,
    draft: null,
    identity: own[0]?.id ?? null,
    from: null,
    text: resigned(now, before, own[0]),
    inReplyTo: null,
    forwardOf: null,
    ...files,
  });
};

const identitiesOf = async (account: string): Promise<Identity[]> =>
  (await call('identities.list', account, {})).identities;

/** Everything that the message had goes along to the other account. */
const moveTo = async (message: Composer, draft: string, account: string): Promise<void> => {
  const { repliesTo } = await call('drafts.get', message.account, { draft });
  const own = await identitiesOf(account);
  const now = composer.value;
  if (now?.key !== message.key) return;
  const files = now.files.map((file) => heldBy(message.account, draft, file));
  handOver(now, account, own, { repliesTo, files, filesChanged: files.length > 0 });
  if (await keep()) await call('drafts.discard', message.account, { draft });
};

/** Whether the account of a message was removed while it was written. As long as that cannot be known it is there. */
export const hasNoAccount = ({ account }: Pick<Composer, 'account'>): boolean =>
  accounts.value !== null && !accountOf(account);

/** What is in the window goes along; the draft went with its account, and so did files that it held. */
const adopt = async (message: Composer, account: string): Promise<void> => {
  const own = await identitiesOf(account);
  const now = composer.value;
  if (now?.key !== message.key) return;
  const lost = now.files.filter(({ given }) => 'held' in given || 'email' in given);
  const files = now.files.filter((file) => !lost.includes(file));
  handOver(now, account, own, { files, filesChanged: files.length > 0, problem: null });
  if (lost.length > 0) toast(t.composer.attachAgain(lost.map(({ name }) => name)), { tone: 'bad' });
};

/** Writes the message from another account. The draft of the one before goes when the other has it, whole. */
export const sendFrom = (account: string): Promise<void> =>
  attempt(async () => {
    settleFields();
    if (composer.value && hasNoAccount(composer.value)) return adopt(composer.value, account);
    edit({});
    const isKept = await keep();
    const message = composer.value;
    if (isKept && message && message.draft !== null && message.account !== account)
      await moveTo(message, message.draft, account);
  });

/** Writes it as another of the account's identities. */
export const sendAs = (identity: string): void => {
  const now = composer.value;
  if (now) edit({ identity, from: null, text: resigned(now, identityOf(now), identityOf({ identity })) });
};
