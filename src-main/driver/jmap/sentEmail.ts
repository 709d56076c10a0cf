import type { Outgoing } from '../outgoing.ts';
import type { Looked } from './emailLook.ts';

type Patch = Record<string, true | null>;
type Places = Pick<Outgoing, 'drafts' | 'sent'>;

/**
 * Whether an email that was to be sent has been: it is no draft any more, or lies in Sent and no longer in Drafts. Nothing but
 * a submission makes it so (docs/sending.md, H6).
 */
export const isSent = ({ keywords, mailboxes }: Looked, { drafts, sent }: Places): boolean =>
  !keywords.has('$draft') || (sent !== null && drafts !== null && mailboxes.has(sent) && !mailboxes.has(drafts));

/** What makes a draft a sent email: RFC 8621 section 7.5.1. An email never loses its last mailbox. */
export const sentPatch = ({ mailboxes }: Looked, { drafts, sent }: Places): Patch => ({
  ...(sent === null ? {} : { [`mailboxIds/${sent}`]: true }),
  ...(drafts !== null && sent !== null && drafts !== sent && mailboxes.has(drafts)
    ? { [`mailboxIds/${drafts}`]: null }
    : {}),
  'keywords/$draft': null,
});

/** Whether that is done. */
export const isFiled = ({ keywords, mailboxes }: Looked, { drafts, sent }: Places): boolean =>
  !keywords.has('$draft') &&
  (sent === null || mailboxes.has(sent)) &&
  (drafts === null || drafts === sent || sent === null || !mailboxes.has(drafts));

/** What makes it a draft again. */
export const draftPatch = ({ drafts, sent }: Places): Patch => ({
  ...(drafts === null ? {} : { [`mailboxIds/${drafts}`]: true }),
  ...(drafts !== null && sent !== null && drafts !== sent ? { [`mailboxIds/${sent}`]: null } : {}),
  'keywords/$draft': true,
});

/** Whether that is done. */
export const isDraft = ({ keywords, mailboxes }: Looked, { drafts, sent }: Places): boolean =>
  keywords.has('$draft') &&
  (drafts === null || mailboxes.has(drafts)) &&
  (sent === null || sent === drafts || !mailboxes.has(sent));
