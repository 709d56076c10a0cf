/** What a server cannot be trusted with, although it offers it. */
export type Quirks = {
  /**
   * Its QRESYNC leaves things out, and is not used: flags are asked for since the mod-sequence, and what is gone shows by
   * counting (docs/sync.md I4).
   */
  distrustQresync: boolean;
  /** Its STATUS answers nonsense for MAILBOXID next to counters. */
  distrustMailboxId: boolean;
  /** So many connections all accounts together have to it. */
  connectionsPerHost: number;
};

/** Known servers, by a part of the host's name or of the name that the server gives itself (RFC 2971), in lower case. */
const KNOWN: { host?: RegExp; product?: RegExp; quirks: Partial<Quirks> }[] = [
  // iCloud answers QRESYNC without the messages that were removed.
  { host: /(?:^|\.)mail\.(?:me|mac|icloud)\.com$/, quirks: { distrustQresync: true } },
  // Google allows 15 for each account, wherever they come from (support.google.com/mail/answer/7126229).
  { host: /(?:^|\.)imap\.(?:gmail|googlemail)\.com$/, quirks: { connectionsPerHost: Number.POSITIVE_INFINITY } },
  // Cyrus 3.6.1 answers memory that it gave back, another each time.
  { product: /cyrus/, quirks: { distrustMailboxId: true } },
];

/** What is known of the server at `host` that calls itself `product`. */
export const quirksOf = (host: string, product: string): Quirks =>
  Object.assign(
    // Dovecot allows 10 for a user from one address, unless it is told otherwise.
    { distrustQresync: false, distrustMailboxId: false, connectionsPerHost: 10 },
    ...KNOWN.filter((each) => each.host?.test(host.toLowerCase()) || each.product?.test(product)).map(
      ({ quirks }) => quirks,
    ),
  );
