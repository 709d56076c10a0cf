import { signal } from '@preact/signals';
import type { EmailHead } from '../../../src-shared/model.ts';
import { textSignature } from '../../../src-shared/reply/signature.ts';
import { htmlOfText } from '../lib/markup.ts';
import { signatureHtml } from '../lib/richText.ts';
import { accounts } from './accounts.ts';
import { keepDiscarded } from './discarding.ts';
import { call } from './line.ts';
import { choices } from './settings.ts';
import { attempt } from './toasts.ts';
import { type Composer, composer, identities, openComposer, patch } from './writing.ts';

/** A message is about to be opened: what is typed meanwhile is meant for it, and is no command. */
export const opening = signal(false);

let turn: Promise<void> = Promise.resolve();

/** Opens a message by a task, whose failure the person is told of; one after the other. */
const opens = (task: () => Promise<void>): Promise<void> => {
  opening.value = true;
  const mine = turn.then(() => attempt(task));
  turn = mine;
  return mine.finally(() => {
    if (turn === mine) opening.value = false;
  });
};

/** Who it is from, and below what is written their signature; with formatting where the person wants that. */
const asNew = ({ text, html }: Composer): Partial<Composer> => {
  const [identity] = identities.value;
  const signature = identity ? textSignature(identity) : '';
  const begun = { identity: identity?.id ?? null, text: signature === '' ? text : `${text}\n\n${signature}` };
  if (!choices.value.rich || html !== null) return begun;
  const own = identity ? signatureHtml(identity) : '';
  return { ...begun, html: own === '' ? htmlOfText(begun.text) : `${htmlOfText(`${text}\n`)}${own}` };
};

/** Starts an empty message, or one to somebody, from the given account or the first. */
export const compose = (begun: Partial<Composer> = {}, account?: string): Promise<void> =>
  opens(async () => {
    const from = account ?? accounts.value?.find(({ phase }) => phase !== 'stopped')?.id ?? accounts.value?.[0]?.id;
    if (from === undefined || !(await openComposer(from, begun))) return;
    if (composer.value) patch(asNew(composer.value));
  });

const hereZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Whether an email has a form of its own, which goes along when it is passed on; plain text stays plain. */
const hasHtml = async ({ account, id }: EmailHead): Promise<boolean> =>
  (await call('bodies.get', account, { email: id })).html !== null;

/** Starts an answer to an email, or a message that passes it on. */
export const answer = (email: EmailHead, mode: 'reply' | 'replyAll' | 'forward'): Promise<void> =>
  opens(async () => {
    const begun = await call('drafts.begin', email.account, { email: email.id, mode, timeZone: hereZone() });
    const html = choices.value.rich || (mode === 'forward' && (await hasHtml(email))) ? begun.html : null;
    // The pictures of a quote go along where it has them.
    const attachments = html === null && mode !== 'forward' ? [] : begun.attachments;
    await openComposer(email.account, {
      ...begun,
      html,
      inReplyTo: begun.inReplyTo ?? null,
      forwardOf: begun.forwardOf ?? null,
      files: attachments.map(({ email: from, part, name, type, cid }) => ({
        name,
        type,
        size: 0,
        given: { email: from, ...(part === undefined ? {} : { part }), ...(cid === undefined ? {} : { cid }) },
      })),
      filesChanged: attachments.length > 0,
      focus: mode === 'forward' ? 'to' : 'body',
    });
  });

/** Goes on with a draft, by its id or by the email that another client left. */
export const resume = (account: string, which: { draft: string } | { email: string }): Promise<void> =>
  opens(async () => {
    const kept = await call('drafts.get', account, which);
    keepDiscarded(account, kept.draft);
    await openComposer(account, {
      draft: kept.draft,
      identity: kept.identity,
      from: kept.from,
      to: kept.to,
      cc: kept.cc,
      bcc: kept.bcc,
      subject: kept.subject,
      text: kept.text ?? '',
      html: kept.html,
      inReplyTo: kept.inReplyTo,
      forwardOf: kept.forwardOf,
      repliesTo: kept.repliesTo,
      files: kept.attachments.map(({ id, name, type, size }) => ({ name, type, size, given: { held: id } })),
      saved: 'saved',
      focus: 'body',
    });
  });
