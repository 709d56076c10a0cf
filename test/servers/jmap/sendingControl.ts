import type { Sent, StoredIdentity } from './outgoing.ts';
import type { Site } from './site.ts';
import { sendHeld } from './submissionSet.ts';

/** What tests see of mail that leaves, and do about it. */
export type SendingControl = {
  /** What was handed on, each message once for each recipient, in order. */
  readonly sent: readonly Sent[];
  /** Sends what is held back, as if its moment had come. */
  sendHeld(): void;
  /** Lets the user send as these, and as nobody else. */
  setIdentities(identities: Partial<StoredIdentity>[]): void;
  /** Forgets what was uploaded. */
  loseBlobs(): void;
};

/** The sending half of a site's control. */
export const createSendingControl = (site: Site): SendingControl => ({
  sent: site.outgoing.ledger,
  sendHeld: () => sendHeld(site),
  setIdentities: (identities) => {
    const { identities: known } = site.outgoing;
    known.clear();
    for (const [n, given] of identities.entries()) {
      const id = given.id ?? `I${n + 1}`;
      const plain = { name: '', email: '', replyTo: null, bcc: null, textSignature: '', htmlSignature: '' };
      known.set(id, { ...plain, mayDelete: false, ...given, id });
    }
  },
  loseBlobs: () => site.outgoing.blobs.clear(),
});
