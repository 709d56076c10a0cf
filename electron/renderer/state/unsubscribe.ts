import { signal } from '@preact/signals';
import { asTernError } from '../../../src-shared/errors.ts';
import type { EmailHead } from '../../../src-shared/model.ts';
import { senderOf } from '../../../src-shared/sender.ts';
import { emailKey } from '../lib/keys.ts';
import { type ListOffer, listOffer } from '../lib/unsubscribe.ts';
import { t } from '../strings/en.ts';
import { mailboxesWithRole } from './accounts.ts';
import { pageToOpen } from './appSettings.ts';
import { ask } from './asking.ts';
import { compose } from './composer.ts';
import { call } from './line.ts';
import { attempt, report, toast } from './toasts.ts';

/** How to leave what sent the email that was looked at last, by its key; null: it says nothing that can be used. */
export const unsubscribing = signal<{ key: string; offer: ListOffer } | null>(null);

/** Looks whether an email says how to leave what sent it. */
export const readUnsubscribe = async ({ account, id }: EmailHead): Promise<void> => {
  const { emails } = await call('emails.get', account, { ids: [id] });
  const offer = emails[0] ? listOffer(emails[0]) : null;
  unsubscribing.value = offer && { key: emailKey({ account, id }), offer };
};

const isJunk = ({ account, mailboxIds }: EmailHead): boolean =>
  mailboxesWithRole(account, 'junk').some((id) => mailboxIds[id]);

const agrees = ({ url }: { url: string }, email: EmailHead): Promise<boolean> => {
  const { host } = new URL(url);
  const sender = email.from[0] ? senderOf(email.from[0]).email : t.nobody;
  const lines = [t.senders.asks(sender, host), t.senders.learns(host)];
  return ask({
    title: t.senders.question,
    lines: isJunk(email) ? [...lines, t.senders.junk] : lines,
    yes: t.senders.leave,
  });
};

/**
 * Leaves what sent an email: by one click, once the person has seen where that goes and agreed; else by a message that they
 * may send, or a page that they may open.
 */
export const unsubscribe = async (email: EmailHead, offer: ListOffer): Promise<void> => {
  if (offer.way === 'post' && !(await agrees(offer, email))) return;
  try {
    await follow(email, offer);
  } catch (error) {
    report(error);
    // Where there is no network, a page is none the better.
    if (offer.way === 'post' && asTernError(error).kind !== 'network')
      pageToOpen.value = { url: offer.url, lead: t.senders.failed };
  }
};

const follow = async (email: EmailHead, offer: ListOffer): Promise<void> => {
  const { account, id } = email;
  const answer = await call('mailingList.unsubscribe', account, { email: id, evenJunk: isJunk(email) });
  if (answer.way === 'posted') toast(t.senders.left(answer.host));
  else if (answer.way === 'page') pageToOpen.value = { url: answer.url, lead: t.senders.page };
  else if (answer.way === 'mailto') {
    await writeTo(account, answer.draft);
    if (offer.way === 'post') toast(t.senders.byMail);
  } else toast(t.senders.none);
};

type Draft = { to: { email: string }[]; subject: string; text: string };

const writeTo = (account: string, { to, subject, text }: Draft): Promise<void> =>
  attempt(async () => {
    await compose({ to: to.map(({ email }) => ({ name: null, email })), subject, text }, account);
  });
