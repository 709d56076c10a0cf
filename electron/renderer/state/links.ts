import type { LinkWarning } from '../../../src-shared/linkWarnings.ts';
import { type MailtoFields, parseMailto } from '../../../src-shared/mailto.ts';
import { t } from '../strings/en.ts';
import { pageToOpen } from './appSettings.ts';
import { compose } from './composer.ts';
import { onEvent } from './line.ts';
import { openBody } from './reader.ts';

/** Begins a message as a link says; nothing of it is sent by itself. */
export const composeFrom = ({ to, cc, bcc, subject, body, inReplyTo }: MailtoFields): void => {
  const named = (some: { email: string }[]) => some.map(({ email }) => ({ name: null, email }));
  void compose({ to: named(to), cc: named(cc), bcc: named(bcc), subject, text: body, repliesTo: inReplyTo });
};

/** What is suspicious about a link of the message that is read. */
const warningsOf = (url: string): readonly LinkWarning[] => {
  const body = openBody.value;
  const links = body?.state === 'ready' ? body.view.links : [];
  return links.find((link) => link.url === url)?.warnings ?? [];
};

/** Keys that are pressed in the text of a message are its own. */
const takeKeysBack = (): void => {
  if (document.activeElement instanceof HTMLIFrameElement)
    document.getElementById('list')?.focus({ preventScroll: true });
};

/** Asks before a link of a message is opened, and gives the keys back to whoever leaves its text with the mouse. */
export const followLinks = (): void => {
  // A frame keeps all that happens over it to itself: what is heard of the pointer is elsewhere.
  document.addEventListener('pointermove', ({ target }) => {
    if (!(target instanceof HTMLIFrameElement)) takeKeysBack();
  });
  onEvent('host.link', ({ url }) => {
    takeKeysBack();
    const mailto = parseMailto(url);
    if (mailto) composeFrom(mailto);
    else if (/^https?:\/\//i.test(url))
      pageToOpen.value = { url, lead: t.page.link, link: { warnings: warningsOf(url) } };
  });
};
