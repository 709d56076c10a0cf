import * as z from 'zod';
import { accountSettingsPatchSchema, accountSettingsSchema } from './accountSettings.ts';
import { appSettingsPatchSchema, appSettingsSchema } from './appSettings.ts';
import { account, app, type CallSpec, fanOut, planned, type Scope } from './callSpec.ts';
import { changeSchema } from './change.ts';
import { accountRowSchema, cycleSchema, pendingChangeSchema } from './contractRows.ts';
import { accountColour, accountEmail, accountName, setupCalls } from './contractSetup.ts';
import { transferCalls } from './contractTransfer.ts';
import { vaultCalls } from './contractVault.ts';
import { writingCalls } from './contractWriting.ts';
import { wireErrorSchema } from './errors.ts';
import {
  attachmentSchema,
  configSchema,
  credentialSchema,
  emailFilterSchema,
  emailHeadSchema,
  emailSchema,
  id,
  mailboxSchema,
  secret,
} from './model.ts';

const nothing = z.strictObject({});
const limit = z.int().min(1).max(200).default(50);
const after = z.string().max(200).optional();
const next = z.string().nullable();
const part = z.string().min(1).max(1000);

const changeIds = z.strictObject({ ids: z.array(id).min(1).max(1000) });

const accountRow = z.object({ account: accountRowSchema });

/** The contract: every call Tern answers. Names and shapes are only ever added to. */
export const calls = {
  'app.info': app({
    about: 'Versions and places.',
    input: nothing,
    output: z.object({
      version: z.string(),
      node: z.string(),
      electron: z.string().nullable(),
      platform: z.string(),
      dataDir: z.string(),
    }),
  }),
  ...setupCalls,
  ...transferCalls,
  ...vaultCalls,
  'accounts.add': app({
    about:
      'Stores an account and starts it; never waits for the network. The same address and protocol twice is `conflict`.',
    input: z.strictObject({
      email: accountEmail,
      name: accountName.optional(),
      config: configSchema,
      credential: credentialSchema,
    }),
    output: accountRow,
  }),
  'accounts.list': app({
    about: 'Every account, also one whose database cannot be opened.',
    input: nothing,
    output: z.object({ accounts: z.array(accountRowSchema) }),
  }),
  'accounts.update': app({
    about:
      'Changes what is named and leaves the rest. A new credential or configuration ends `blocked`. Servers of another registrable domain want the credential, too (`invalid`): the stored one was entered for others. `password`, in place of a credential, goes with the user names that signed in before, or the address where nobody knows them.',
    input: z.strictObject({
      account: id,
      name: accountName.optional(),
      config: configSchema.optional(),
      credential: credentialSchema.optional(),
      password: secret.optional(),
      paused: z.boolean().optional(),
      order: z.int().min(-1e9).max(1e9).optional(),
      colour: accountColour.nullable().optional(),
    }),
    output: accountRow,
  }),
  'accounts.remove': app({
    about: 'Ends the worker and removes the account with everything Tern holds of it. The server keeps its mail.',
    input: z.strictObject({ account: id }),
    output: nothing,
  }),
  'settings.get': account({
    about:
      'Settings of the account; none goes to its server. `label`: how lists of accounts call it. `signature`: of identities for which the server has none. `aliases`: further identities, where the server tells of none.',
    input: nothing,
    output: accountSettingsSchema,
    ofApp: { about: 'Settings of the app itself.', input: nothing, output: appSettingsSchema },
  }),
  'settings.set': account({
    about: 'Changes what is named and leaves the rest; answers all settings as they are then.',
    input: accountSettingsPatchSchema,
    output: accountSettingsSchema,
    ofApp: {
      about:
        'Changes what is named and leaves the rest; null takes a provider, a secret or a value away. Answers all settings as they are on disk then.',
      input: appSettingsPatchSchema,
      output: appSettingsSchema,
    },
  }),
  'sync.now': fanOut({
    about: 'Answers when a cycle that began after the call has ended.',
    input: nothing,
    output: z.object({ result: z.enum(['ok', 'error']), error: wireErrorSchema.optional() }),
  }),
  'sync.wake': app({
    about:
      'The machine woke from sleep, or its network is another one: every wait ends, and connections that may be dead are looked after. Answers at once. Hosts call it by themselves.',
    input: nothing,
    output: nothing,
  }),
  'sync.status': fanOut({
    about: 'Rows as in `accounts.list`.',
    input: nothing,
    output: z.object({ accounts: z.array(accountRowSchema) }),
  }),
  'sync.log': fanOut({
    about: 'What the latest cycles did, newest first.',
    input: z.strictObject({ limit, after }),
    output: z.object({ cycles: z.array(cycleSchema), next }),
  }),
  'mailboxes.list': fanOut({
    about: 'Every mailbox with its counters.',
    input: nothing,
    output: z.object({ mailboxes: z.array(mailboxSchema) }),
  }),
  'emails.list': fanOut({
    about: 'One page, newest first. Neither mailbox nor role: all but trash and junk.',
    input: z
      .strictObject({
        mailbox: id.optional(),
        role: z.string().min(1).max(50).optional(),
        filter: emailFilterSchema.optional(),
        collapseThreads: z.boolean().default(false),
        limit,
        after,
      })
      .refine((input) => !(input.mailbox && input.role), {
        path: ['role'],
        message: 'name a mailbox or a role, not both',
      }),
    output: z.object({ emails: z.array(emailHeadSchema), next }),
  }),
  'emails.get': account({
    about: 'Emails whole, bodies aside; ids that are not held come back in `notFound`.',
    input: z.strictObject({ ids: z.array(id).max(500) }),
    output: z.object({ emails: z.array(emailSchema), notFound: z.array(id) }),
  }),
  'threads.get': account({
    about: 'The emails of one thread, oldest first.',
    input: z.strictObject({ thread: id }),
    output: z.object({ thread: id, emails: z.array(emailHeadSchema) }),
  }),
  'bodies.get': account({
    about:
      'What an email says: safe HTML (null where it has only plain text), the same as plain text, and, where there is no HTML, that text as safe HTML. `isTruncated`: the server has more. `signature`: there is one, and nobody verified it. With `remoteContent`, remote images are `tern-mail://<view>/remote/<n>`. With `part`, an attached message is opened: `message` has its head, and its own parts are named through it, as `2/1.3`.',
    input: z.strictObject({ email: id, part: part.optional(), remoteContent: z.boolean().default(false) }),
    output: z.object({
      html: z.string().nullable(),
      text: z.string(),
      textHtml: z.string().nullable(),
      attachments: z.array(attachmentSchema),
      blockedRemote: z.int(),
      isTruncated: z.boolean(),
      signature: z.literal('unverified').nullable(),
      source: z.enum(['cache', 'server']),
      message: emailHeadSchema.pick({ subject: true, from: true, to: true, cc: true, sentAt: true }).nullable(),
    }),
  }),
  'bodies.remote': account({
    about:
      'The n-th remote picture of an email as a private temporary file, read from the internet without telling who asks. Only for a view that a person opened with `remoteContent`.',
    input: z.strictObject({ email: id, part: part.optional(), n: z.int().min(0).max(1e6) }),
    output: z.object({ path: z.string(), name: z.string(), type: z.string(), size: z.int() }),
  }),
  'attachments.read': account({
    about: 'A part of an email as a private temporary file, under a name that is safe; it is gone when the host ends.',
    input: z.strictObject({ email: id, part }),
    output: z.object({ path: z.string(), name: z.string(), type: z.string(), size: z.int() }),
  }),
  'emails.source': account({
    about: 'The raw message (RFC 5322) as a private temporary file; it is gone when the host ends.',
    input: z.strictObject({ email: id }),
    output: z.object({ path: z.string(), size: z.int() }),
  }),
  'changes.submit': account({
    about:
      'Records changes, all or none, and shows them; answers once they are on disk. `mailboxes` names a created mailbox by the index of its change.',
    input: z.strictObject({ changes: z.array(changeSchema).min(1).max(1000) }),
    output: z.object({ ids: z.array(id), mailboxes: z.record(z.string(), id).optional() }),
  }),
  'changes.list': fanOut({
    about: 'Changes that are not settled, oldest first: on their way, without an answer, or given up, with the reason.',
    input: nothing,
    output: z.object({ changes: z.array(pendingChangeSchema) }),
  }),
  'changes.retry': account({
    about: 'Tries failed changes again, and waiting ones now.',
    input: changeIds,
    output: z.object({ ids: z.array(id) }),
  }),
  'changes.discard': account({
    about:
      'Gives changes up that the server does not have, and dismisses failed ones. What was sent without an answer is undone: it stays in the list until the server has told.',
    input: changeIds,
    output: z.object({ ids: z.array(id) }),
  }),
  'changes.undo': account({
    about:
      'Takes changes back: a queued one is as if it had never been, one already sent gets its inverse from the values the rows had. What was destroyed on the server is `unsupported`.',
    input: changeIds,
    output: z.object({ ids: z.array(id), failed: z.array(z.object({ id, error: wireErrorSchema })) }),
  }),
  ...writingCalls,
  'search.query': fanOut({
    about:
      'Emails with all the words, newest first; docs/search.md has the operators. `server`: asks the server as well, for mail whose words are not here. `partial`: there may be more, as bodies are missing, or an account or its server did not answer.',
    input: z.strictObject({ text: z.string().max(1000), limit, after, server: z.boolean().default(false) }),
    output: z.object({ emails: z.array(emailHeadSchema), next, partial: z.boolean() }),
  }),
  'mailingList.unsubscribe': account({
    about:
      'Leaves the list that sent an email, by one click (RFC 8058), where its header offers that, signed by DKIM (docs/security.md): `posted` names the host that took it. Else says what is left to the person: a `mailto` whose draft they may send, a `page` that they may open, or `none`. A person must have asked for it, knowing the host. Mail in junk is `forbidden` without `evenJunk`. Nothing is queued: offline it is `network`.',
    input: z.strictObject({ email: id, evenJunk: z.boolean().default(false) }),
    output: z.discriminatedUnion('way', [
      z.object({ way: z.literal('posted'), host: z.string() }),
      z.object({
        way: z.literal('mailto'),
        draft: z.object({ to: z.array(z.object({ email: z.string() })), subject: z.string(), text: z.string() }),
      }),
      z.object({ way: z.literal('page'), url: z.string() }),
      z.object({ way: z.literal('none') }),
    ]),
  }),
  'doctor.run': planned('account', 'Checks the store.', { fanOut: true }),
  'diagnostics.bundle': planned('app', 'A redacted bundle for bug reports.'),
} as const satisfies Record<string, CallSpec>;

export type CallName = keyof typeof calls;
/** What a caller sends. */
export type CallInput<N extends CallName> = z.input<(typeof calls)[N]['input']>;
/** What a handler receives: parsed, defaults filled in. */
export type ParsedInput<N extends CallName> = z.output<(typeof calls)[N]['input']>;
export type CallOutput<N extends CallName> = z.output<(typeof calls)[N]['output']>;
export type CallNameOf<S extends Scope> = {
  [N in CallName]: (typeof calls)[N]['scope'] extends S ? N : never;
}[CallName];

/** True for a name that the contract lists. */
export const isCallName = (name: string): name is CallName => Object.hasOwn(calls, name);
