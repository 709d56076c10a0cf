import { signal } from '@preact/signals';
import type { EmailHead } from '../../../src-shared/model.ts';
import { emailKey } from '../lib/keys.ts';
import { type UnsubscribeTargets, unsubscribeTargets } from '../lib/unsubscribe.ts';
import { t } from '../strings/en.ts';
import { pageToOpen } from './appSettings.ts';
import { compose } from './composer.ts';
import { call } from './line.ts';

/** How to end what sent the email that was looked at last, by its key; null: it says nothing that can be used. */
export const unsubscribing = signal<{ key: string; targets: UnsubscribeTargets } | null>(null);

/** Looks whether an email says how to end what sent it. */
export const readUnsubscribe = async ({ account, id }: EmailHead): Promise<void> => {
  const { emails } = await call('emails.get', account, { ids: [id] });
  const targets = unsubscribeTargets(emails[0]?.listUnsubscribe ?? '');
  const isUsable = targets.web !== null || targets.mail !== null;
  unsubscribing.value = isUsable ? { key: emailKey({ account, id }), targets } : null;
};

/** Ends a list: by a message that is ready to be sent, or a page to look at. */
export const unsubscribe = ({ account }: EmailHead, { web, mail }: UnsubscribeTargets): void => {
  if (mail) void compose({ to: [{ name: null, email: mail.to }], subject: mail.subject }, account);
  else if (web !== null) pageToOpen.value = { url: web, lead: t.page.unsubscribe };
};
