import type { Address } from '../../../src-shared/model.ts';
import type { Fields } from './model.ts';

/** Who a user sends as (RFC 8621 section 6). */
export type StoredIdentity = {
  readonly id: string;
  name: string;
  email: string;
  replyTo: Address[] | null;
  bcc: Address[] | null;
  textSignature: string;
  htmlSignature: string;
  mayDelete: boolean;
};

/** An address of an envelope (RFC 8621 section 7). */
type EnvelopeAddress = { email: string; parameters?: Record<string, string | null> | null | undefined };

/** A submission as the server keeps it (RFC 8621 section 7). */
export type StoredSubmission = {
  readonly id: string;
  readonly emailId: string;
  readonly identityId: string;
  readonly threadId: string;
  readonly envelope: { mailFrom: EnvelopeAddress; rcptTo: EnvelopeAddress[] };
  readonly sendAt: string;
  undoStatus: 'pending' | 'final' | 'canceled';
  deliveryStatus: Fields | null;
};

/** A message that was handed on to one recipient; `data`: as it was handed on, in latin1. */
export type Sent = { messageId: string; recipient: string; from: string; data: string };

/** What leaves a site: what was uploaded for it, who sends, what was submitted, and what was handed on, in order. */
export type OutgoingMail = {
  readonly blobs: Map<string, Buffer>;
  readonly identities: Map<string, StoredIdentity>;
  readonly submissions: Map<string, StoredSubmission>;
  /** The email of each submission, forgotten ones too. */
  readonly emailOf: Map<string, string>;
  readonly ledger: Sent[];
  /** How many submissions there ever were. */
  submitted: number;
};

/** Who alice is to begin with. */
const alice: StoredIdentity = {
  id: 'I1',
  name: 'Alice',
  email: 'alice@example.test',
  replyTo: null,
  bcc: null,
  textSignature: '',
  htmlSignature: '',
  mayDelete: false,
};

/** Nothing sent yet, by one identity. */
export const createOutgoing = (): OutgoingMail => ({
  blobs: new Map(),
  identities: new Map([[alice.id, { ...alice }]]),
  submissions: new Map(),
  emailOf: new Map(),
  ledger: [],
  submitted: 0,
});
