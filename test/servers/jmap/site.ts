import type { Door } from '../oauth/tokenCheck.ts';
import type { Faults } from './faults.ts';
import type { Fields } from './model.ts';
import type { OutgoingMail } from './outgoing.ts';
import type { Store } from './store.ts';

/** The limits of the core capability (RFC 8620 section 2). Sizes in octets. */
export type Limits = {
  maxSizeUpload: number;
  maxConcurrentUpload: number;
  maxSizeRequest: number;
  maxConcurrentRequests: number;
  maxCallsInRequest: number;
  maxObjectsInGet: number;
  maxObjectsInSet: number;
};

/** Limits as large servers have them. */
export const defaultLimits: Limits = {
  maxSizeUpload: 50_000_000,
  maxConcurrentUpload: 4,
  maxSizeRequest: 10_000_000,
  maxConcurrentRequests: 8,
  maxCallsInRequest: 50,
  maxObjectsInGet: 1000,
  maxObjectsInSet: 1000,
};

/** What the session says; `version` is its state. */
export type SessionFacts = {
  version: number;
  accountId: string;
  apiPath: string;
  missing: boolean;
  override: Fields;
  redirect: { url: string; status: number } | null;
};

/**
 * A set call that the server got: its arguments as they were sent, and its place among the calls of its request. It was
 * carried out unless the whole request or the call was refused; single items of it may still have been.
 */
export type LoggedSet = { method: string; args: Fields; call: number; carriedOut: boolean };

/** A request that the server saw, refused ones too: `methods` in order, `bytes` of its body as far as it was read. */
export type LoggedRequest = { path: string; methods: string[]; bytes: number; sets: LoggedSet[] };

/** What the server saw so far; in flight are API requests alone. */
type Traffic = { requests: LoggedRequest[]; inFlight: number; maxInFlight: number };

/** One running server: its mail, who may read it, and what is wrong with it. */
export type Site = {
  readonly store: Store;
  readonly outgoing: OutgoingMail;
  readonly faults: Faults;
  readonly limits: Limits;
  readonly signIn: Door;
  /** Who signs people in, as the server says where it is asked (RFC 9728); null: it does not. */
  readonly issuer: string | null;
  readonly session: SessionFacts;
  readonly traffic: Traffic;
  /** What the account's submission capability says (RFC 8621 section 1.3.2); null: the server does not send. */
  readonly submission: { maxDelayedSend: number } | null;
  /** The moment, in ms, by which held submissions and imports without a date go. */
  readonly now: () => number;
  /** Whether Mailbox/get with `ids: null` obeys maxObjectsInGet, too. */
  readonly strictMailboxGet: boolean;
  /** Whether event sources are served; else they are offered and answer 204, as those of a Cyrus without WebSocket do. */
  readonly push: boolean;
};

/** Name of the core capability (RFC 8620 section 2). */
export const coreCapability = 'urn:ietf:params:jmap:core';
/** Name of the mail capability (RFC 8621 section 1.3.1). */
export const mailCapability = 'urn:ietf:params:jmap:mail';

/** Name of the submission capability (RFC 8621 section 1.3.2). */
export const submissionCapability = 'urn:ietf:params:jmap:submission';

/** The capabilities that a request may use. */
export const capabilitiesOf = ({ submission }: Site): string[] => [
  coreCapability,
  mailCapability,
  ...(submission ? [submissionCapability] : []),
];

/** What the mail capability of an account says (RFC 8621 section 1.3.1). */
export const mailAccountCapability = {
  maxMailboxesPerEmail: null,
  maxMailboxDepth: null,
  maxSizeMailboxName: 490,
  maxSizeAttachmentsPerEmail: 50_000_000,
  emailQuerySortOptions: ['receivedAt', 'size', 'subject', 'from'],
  mayCreateTopLevelMailbox: true,
};

/** The session's state, which every API response repeats (RFC 8620 section 3.4). */
export const sessionState = (site: Site): string => `S${site.session.version}`;

/** The session object (RFC 8620 section 2), with relative URLs as Cyrus has them. */
export const sessionObject = (site: Site): Fields => {
  const { accountId, apiPath, missing, override } = site.session;
  const sends = site.submission
    ? { [submissionCapability]: { ...site.submission, submissionExtensions: { FUTURERELEASE: [] } } }
    : {};
  const account = {
    name: site.signIn.username,
    isPersonal: true,
    isReadOnly: false,
    accountCapabilities: missing ? null : { [coreCapability]: {}, [mailCapability]: mailAccountCapability, ...sends },
  };
  return {
    capabilities: {
      [coreCapability]: { ...site.limits, collationAlgorithms: ['i;ascii-casemap', 'i;unicode-casemap'] },
      [mailCapability]: {},
      ...(site.submission ? { [submissionCapability]: {} } : {}),
    },
    accounts: { [accountId]: account },
    primaryAccounts: Object.fromEntries(capabilitiesOf(site).map((name) => [name, accountId])),
    username: site.signIn.username,
    apiUrl: apiPath,
    downloadUrl: '/jmap/download/{accountId}/{blobId}/{name}?accept={type}',
    uploadUrl: '/jmap/upload/{accountId}/',
    eventSourceUrl: '/jmap/eventsource/?types={types}&closeafter={closeafter}&ping={ping}',
    state: sessionState(site),
    ...override,
  };
};
