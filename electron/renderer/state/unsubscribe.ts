import { signal } from '@preact/signals';
import { asTernError } from '../../../src-shared/errors.ts';
import type { EmailHead } from '../../../src-shared/model.ts';
import { emailKey } from '../lib/keys.ts';
import { unsubscribeTargets } from '../lib/unsubscribe.ts';
import { t } from '../strings/en.ts';
import { pageToOpen } from './appSettings.ts';
import { compose } from './composer.ts';
import { call } from './line.ts';
import { attempt, toast } from './toasts.ts';

/** The List-Unsubscribe header of the email that was looked at last, by its key. */
export const unsubscribeHeader = signal<{ key: string; header: string } | null>(null);

/** Looks whether an email says how to end what sent it. */
export const readUnsubscribe = async ({ account, id }: EmailHead): Promise<void> => {
  const { emails } = await call('emails.get', account, { ids: [id] });
  const header = emails[0]?.listUnsubscribe;
  unsubscribeHeader.value = header === undefined ? null : { key: emailKey({ account, id }), header };
};

/** Ends a list: by one click where the backend can (RFC 8058), else by a message to send, or a page to look at. */
export const unsubscribe = (email: EmailHead, header: string): Promise<void> =>
  attempt(async () => {
    if (!confirm(t.reader.unsubscribe)) return;
    try {
      await call('mailingList.unsubscribe', email.account, { email: email.id });
      toast(t.reader.unsubscribed);
    } catch (error) {
      const failure = asTernError(error);
      const { web, mail } = unsubscribeTargets(header);
      if (failure.kind !== 'unsupported' || (!mail && web === null)) throw failure;
      if (mail) await compose({ to: [{ name: null, email: mail.to }], subject: mail.subject }, email.account);
      else pageToOpen.value = { url: web ?? '', lead: t.page.unsubscribe };
    }
  });
