import { signal } from '@preact/signals';
import type { CallInput } from '../../../src-shared/contract.ts';
import type { Identity } from '../../../src-shared/draft.ts';
import { asTernError } from '../../../src-shared/errors.ts';
import type { Address, EmailHead } from '../../../src-shared/model.ts';
import { coalesced } from '../lib/coalesced.ts';
import { t } from '../strings/en.ts';
import { inWords } from '../strings/errors.ts';
import { accounts } from './accounts.ts';
import { call } from './line.ts';
import { choices } from './settings.ts';
import { attempt, toast } from './toasts.ts';
import { offer } from './undo.ts';

type DraftInput = CallInput<'drafts.save'>;
type GivenAttachment = NonNullable<DraftInput['attachments']>[number];

/** A file that goes along, as the composer shows it. `given`: how `drafts.save` is told of it. */
export type ComposerFile = { name: string; type: string; size: number; given: GivenAttachment };

/** The message that is being written. `html`: null for plain text. `files`: null where they are as the draft has them. */
export type Composer = {
  account: string;
  draft: string | null;
  identity: string | null;
  from: string | null;
  to: Address[];
  cc: Address[];
  bcc: Address[];
  subject: string;
  text: string;
  html: string | null;
  inReplyTo: string | null;
  forwardOf: string | null;
  files: ComposerFile[];
  filesChanged: boolean;
  saved: 'nothing' | 'typing' | 'saving' | 'saved' | 'failed';
  problem: string | null;
  /** Where the person begins: an answer has its recipients already. */
  focus: 'to' | 'body';
};

export const composer = signal<Composer | null>(null);
/** A message is about to be opened: what is typed meanwhile is meant for it, and is no command. */
export const opening = signal(false);
export const identities = signal<Identity[]>([]);

const SAVE_AFTER_MS = 1_200;
const blank: Omit<Composer, 'account'> = {
  draft: null,
  identity: null,
  from: null,
  to: [],
  cc: [],
  bcc: [],
  subject: '',
  text: '',
  html: null,
  inReplyTo: null,
  forwardOf: null,
  files: [],
  filesChanged: false,
  saved: 'nothing',
  problem: null,
  focus: 'to',
};

const inputOf = (message: Composer): DraftInput => ({
  ...(message.draft === null ? {} : { draft: message.draft }),
  ...(message.identity === null ? {} : { identity: message.identity }),
  ...(message.from === null ? {} : { from: message.from }),
  to: message.to,
  cc: message.cc,
  bcc: message.bcc,
  subject: message.subject,
  text: message.text,
  ...(message.html === null ? {} : { html: message.html }),
  ...(message.inReplyTo === null ? {} : { inReplyTo: message.inReplyTo }),
  ...(message.forwardOf === null ? {} : { forwardOf: message.forwardOf }),
  ...(message.filesChanged ? { attachments: message.files.map(({ given }) => given) } : {}),
});

let timer: ReturnType<typeof setTimeout> | undefined;

const patch = (some: Partial<Composer>): void => {
  if (composer.value) composer.value = { ...composer.value, ...some };
};

/** Files are named by what the draft holds, once it holds them. */
const afterSave = async (account: string, draft: string): Promise<void> => {
  const kept = await call('drafts.get', account, { draft });
  const files = kept.attachments.map(({ id, name, type, size }) => ({ name, type, size, given: { held: id } }));
  patch({ files, filesChanged: false });
};

/** Keeps what was written until now. */
const save = coalesced(async () => {
  const message = composer.value;
  if (!message || message.saved === 'saved' || message.saved === 'nothing') return;
  patch({ saved: 'saving' });
  try {
    const { draft } = await call('drafts.save', message.account, inputOf(message));
    const now = composer.value;
    if (!now || now.account !== message.account) return;
    patch({ draft, problem: null, ...(now.saved === 'saving' ? { saved: 'saved' } : {}) });
    if (message.filesChanged && now.files === message.files) await afterSave(message.account, draft);
  } catch (error) {
    patch({ saved: 'failed', problem: inWords(asTernError(error)) });
  }
});

/** Changes the message; it is kept soon after. */
export const edit = (some: Partial<Composer>): void => {
  patch({ ...some, saved: 'typing' });
  clearTimeout(timer);
  timer = setTimeout(() => void save(), SAVE_AFTER_MS);
};

const saveNow = async (): Promise<void> => {
  clearTimeout(timer);
  await save();
};

/** Whoever leaves the window may not come back to it: what was written is kept at once. */
export const followLeaving = (): void => {
  addEventListener('pagehide', () => void saveNow());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') void saveNow();
  });
};

const open = async (account: string, begun: Partial<Composer>): Promise<void> => {
  if (composer.value) await closeComposer();
  identities.value = (await call('identities.list', account, {})).identities;
  composer.value = { ...blank, files: [], account, ...begun };
};

/** Opens a message by a task, whose failure the person is told of. */
const opens = async (task: () => Promise<void>): Promise<void> => {
  opening.value = true;
  await attempt(task);
  opening.value = false;
};

/** Starts an empty message, or one to somebody, from the given account or the first. */
export const compose = (begun: Partial<Composer> = {}, account?: string): Promise<void> =>
  opens(async () => {
    const from = account ?? accounts.value?.find(({ phase }) => phase !== 'stopped')?.id ?? accounts.value?.[0]?.id;
    if (from === undefined) return;
    await open(from, begun);
    const [identity] = identities.value;
    const signature = identity?.textSignature ? `\n\n-- \n${identity.textSignature}` : '';
    if (composer.value && composer.value.text === '') patch({ identity: identity?.id ?? null, text: signature });
  });

const hereZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Whether an email has a form of its own, which goes along when it is passed on; plain text stays plain. */
const hasHtml = async ({ account, id }: EmailHead): Promise<boolean> =>
  (await call('bodies.get', account, { email: id })).html !== null;

/** Starts an answer to an email, or a message that passes it on. */
export const answer = (email: EmailHead, mode: 'reply' | 'replyAll' | 'forward'): Promise<void> =>
  opens(async () => {
    const begun = await call('drafts.begin', email.account, { email: email.id, mode, timeZone: hereZone() });
    await open(email.account, {
      ...begun,
      html: choices.value.rich || (mode === 'forward' && (await hasHtml(email))) ? begun.html : null,
      inReplyTo: begun.inReplyTo ?? null,
      forwardOf: begun.forwardOf ?? null,
      files: begun.attachments.map(({ email: from, part, name, type, cid }) => ({
        name,
        type,
        size: 0,
        given: { email: from, ...(part === undefined ? {} : { part }), ...(cid === undefined ? {} : { cid }) },
      })),
      filesChanged: begun.attachments.length > 0,
      focus: mode === 'forward' ? 'to' : 'body',
    });
  });

/** Goes on with a draft, by its id or by the email that another client left. */
export const resume = (account: string, which: { draft: string } | { email: string }): Promise<void> =>
  opens(async () => {
    const kept = await call('drafts.get', account, which);
    await open(account, {
      draft: kept.draft,
      identity: kept.identity,
      from: kept.from,
      to: kept.to,
      cc: kept.cc,
      bcc: kept.bcc,
      subject: kept.subject,
      text: kept.text ?? '',
      html: kept.html,
      inReplyTo: kept.inReplyTo,
      forwardOf: kept.forwardOf,
      files: kept.attachments.map(({ id, name, type, size }) => ({ name, type, size, given: { held: id } })),
      saved: 'saved',
      focus: 'body',
    });
  });

/** Puts the message away; what was written is kept as a draft. */
export const closeComposer = async (): Promise<void> => {
  await saveNow();
  if (composer.value?.saved === 'failed') return;
  if (composer.value?.draft) toast(t.composer.kept);
  composer.value = null;
};

/** Gives the message up. */
export const discardDraft = (): Promise<void> =>
  attempt(async () => {
    clearTimeout(timer);
    // Nothing more is kept; but a save that is under way may be what makes the draft.
    patch({ saved: 'saved' });
    await save();
    const message = composer.value;
    composer.value = null;
    if (message?.draft) await call('drafts.discard', message.account, { draft: message.draft });
  });

/** Whether the person's own words speak of a file, and there is none. */
const forgotFile = ({ text, files }: Composer): boolean => {
  const own = text
    .split('\n')
    .filter((line) => !line.startsWith('>'))
    .join('\n');
  return files.length === 0 && t.composer.speaksOfFile.test(own);
};

/** Sends the message soon, or at a moment. Until then it can be taken back. */
export const send = (sendAt?: Date): Promise<void> =>
  attempt(async () => {
    const message = composer.value;
    if (!message) return;
    if (message.to.length + message.cc.length + message.bcc.length === 0) return patch({ problem: t.composer.nobody });
    if (forgotFile(message) && !confirm(t.composer.forgot)) return;
    edit({});
    await saveNow();
    const now = composer.value;
    if (!now || now.saved === 'failed' || now.draft === null) return;
    const { undoSeconds } = choices.value;
    const when = sendAt ? { sendAt: sendAt.toISOString() } : { undoSeconds };
    const { submission } = await call('drafts.send', now.account, { draft: now.draft, ...when });
    composer.value = null;
    const { account, draft } = now;
    const back = async (): Promise<void> => {
      await call('submissions.cancel', account, { submission });
      await resume(account, { draft });
    };
    if (sendAt) offer(t.composer.scheduled(sendAt), back);
    else if (undoSeconds > 0) offer(t.composer.sending(undoSeconds), back, undoSeconds * 1000);
    else toast(t.composer.sent);
  });
