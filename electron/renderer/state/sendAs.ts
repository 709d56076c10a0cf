import { call } from './line.ts';
import { attempt } from './toasts.ts';
import { type Composer, type ComposerFile, composer, edit, identities, keep, settleFields } from './writing.ts';

/** What the draft of another account holds; it is taken over with the next save. */
const heldBy = (account: string, draft: string, file: ComposerFile): ComposerFile =>
  'held' in file.given ? { ...file, given: { account, draft, held: file.given.held } } : file;

/** Everything that the message had goes along to the other account; emails are known there by their Message-IDs alone. */
const moveTo = async (message: Composer, draft: string, account: string): Promise<void> => {
  const { repliesTo } = await call('drafts.get', message.account, { draft });
  const own = (await call('identities.list', account, {})).identities;
  if (composer.value?.key !== message.key) return;
  identities.value = own;
  const files = composer.value.files.map((file) => heldBy(message.account, draft, file));
  edit({
    account,
    draft: null,
    identity: own[0]?.id ?? null,
    from: null,
    inReplyTo: null,
    forwardOf: null,
    repliesTo,
    files,
    filesChanged: files.length > 0,
  });
  if (await keep()) await call('drafts.discard', message.account, { draft });
};

/** Writes the message from another account. The draft of the one before goes when the other has it, whole. */
export const sendFrom = (account: string): Promise<void> =>
  attempt(async () => {
    settleFields();
    edit({});
    const isKept = await keep();
    const message = composer.value;
    if (isKept && message && message.draft !== null && message.account !== account)
      await moveTo(message, message.draft, account);
  });

/** Writes it as another of the account's identities; a signature of plain text becomes theirs. */
export const sendAs = (identity: string): void => {
  const now = composer.value;
  if (!now) return;
  const signatureOf = (id: string | null): string =>
    identities.value.find((each) => each.id === id)?.textSignature.trimEnd() ?? '';
  const [before, after] = [signatureOf(now.identity), signatureOf(identity)];
  const at = before === '' || now.html !== null ? -1 : now.text.indexOf(`\n-- \n${before}`);
  const text = at < 0 ? now.text : `${now.text.slice(0, at)}\n-- \n${after}${now.text.slice(at + 5 + before.length)}`;
  edit({ identity, from: null, text });
};
