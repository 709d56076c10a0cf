import { signal } from '@preact/signals';
import type { CallInput } from '../../../src-shared/contract.ts';
import type { Identity } from '../../../src-shared/draft.ts';
import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { Address } from '../../../src-shared/model.ts';
import { asTyped, parseAddresses, recipient } from '../lib/addresses.ts';
import { coalesced } from '../lib/coalesced.ts';
import { t } from '../strings/en.ts';
import { inWords } from '../strings/errors.ts';
import { call } from './line.ts';
import { toast } from './toasts.ts';

type DraftInput = CallInput<'drafts.save'>;
type GivenAttachment = NonNullable<DraftInput['attachments']>[number];

/** A file that goes along, as the composer shows it. `given`: how `drafts.save` is told of it. */
export type ComposerFile = { name: string; type: string; size: number; given: GivenAttachment };

/** The fields that hold addresses. */
export type AddressFieldName = 'to' | 'cc' | 'bcc';

/** The message that is being written. `html`: null for plain text. */
export type Composer = Record<AddressFieldName, Address[]> & {
  /** Names it among all that were opened. */
  key: number;
  account: string;
  draft: string | null;
  identity: string | null;
  from: string | null;
  /** What stands in the fields and is no address yet. */
  typed: Record<AddressFieldName, string>;
  subject: string;
  text: string;
  html: string | null;
  inReplyTo: string | null;
  forwardOf: string | null;
  /** The Message-ID of what it answers, without brackets, where that is known. */
  repliesTo: string | null;
  files: ComposerFile[];
  filesChanged: boolean;
  saved: 'nothing' | 'typing' | 'saving' | 'saved' | 'failed';
  /** Why it is not saved, and why it was not sent. */
  problem: string | null;
  refused: string | null;
  /** Where the person begins: an answer has its recipients already. */
  focus: 'to' | 'body';
};

export const composer = signal<Composer | null>(null);
export const identities = signal<Identity[]>([]);

const SAVE_AFTER_MS = 1_200;
/** What a draft has room for, in characters: of its text, and of its HTML. */
const LONGEST_TEXT = 5_000_000;
const FIELDS = ['to', 'cc', 'bcc'] as const;

const blank: Omit<Composer, 'account' | 'key'> = {
  draft: null,
  identity: null,
  from: null,
  to: [],
  cc: [],
  bcc: [],
  typed: { to: '', cc: '', bcc: '' },
  subject: '',
  text: '',
  html: null,
  inReplyTo: null,
  forwardOf: null,
  repliesTo: null,
  files: [],
  filesChanged: false,
  saved: 'nothing',
  problem: null,
  refused: null,
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
  ...(message.repliesTo === null ? {} : { repliesTo: message.repliesTo }),
  ...(message.filesChanged ? { attachments: message.files.map(({ given }) => given) } : {}),
});

let timer: ReturnType<typeof setTimeout> | undefined;
let lastKey = 0;

/** Changes what is shown, and nothing else; of another message than is named, nothing. */
export const patch = (some: Partial<Composer>, key = composer.value?.key): void => {
  if (composer.value && composer.value.key === key) composer.value = { ...composer.value, ...some };
};

/** Files are named by what the draft holds, once it holds them; those that came meanwhile are still to be saved. */
const nameFiles = async ({ key, account, files }: Composer, draft: string): Promise<void> => {
  const { attachments } = await call('drafts.get', account, { draft });
  const held = new Map(
    attachments.map(({ id, name, type, size }, index) => [files[index], { name, type, size, given: { held: id } }]),
  );
  const now = composer.value;
  if (now?.key !== key || now.account !== account) return;
  patch({
    files: now.files.map((file) => held.get(file) ?? file),
    filesChanged: now.files !== files,
  });
};

const isHandle = ({ given }: ComposerFile): boolean => 'file' in given;

/** Files of this machine can be had once: what was not saved with them has to be told of them again. */
const withoutHandles = ({ files }: Composer): Partial<Composer> => {
  const lost = files.filter(isHandle).map(({ name }) => name);
  if (lost.length === 0) return {};
  return { files: files.filter((file) => !isHandle(file)), problem: t.composer.attachAgain(lost) };
};

const throwIfTooLong = ({ text, html }: Composer): void => {
  if (Math.max(text.length, html?.length ?? 0) > LONGEST_TEXT) throw new TernError('tooLarge', t.composer.tooLong);
};

const whyNot = (error: unknown): string => {
  const failure = asTernError(error);
  return failure.message === t.composer.tooLong ? failure.message : inWords(failure);
};

const save = coalesced(async () => {
  const message = composer.value;
  if (!message || message.saved === 'saved' || message.saved === 'nothing') return;
  const { key } = message;
  patch({ saved: 'saving' });
  try {
    throwIfTooLong(message);
    const { draft } = await call('drafts.save', message.account, inputOf(message));
    // It is of another account by now, where it is saved whole once more.
    if (composer.value?.account !== message.account) return;
    const isSaved = composer.value.saved === 'saving';
    patch({ draft, problem: null, ...(isSaved ? { saved: 'saved' } : {}) }, key);
    if (message.filesChanged) await nameFiles(message, draft);
  } catch (error) {
    patch({ saved: 'failed', problem: whyNot(error), ...withoutHandles(message) }, key);
  }
});

/** Changes the message; it is kept soon after. */
export const edit = (some: Partial<Composer>): void => {
  patch({ refused: null, ...some, saved: 'typing' });
  clearTimeout(timer);
  timer = setTimeout(() => void save(), SAVE_AFTER_MS);
};

/** Nothing more of what is written is kept from now on; resolves when what was under way has ended. */
export const stopSaving = async (): Promise<void> => {
  clearTimeout(timer);
  patch({ saved: 'saved' });
  await save();
};

/** Keeps all that was written until now, also what is typed meanwhile. Whether that could be done. */
export const keep = async (): Promise<boolean> => {
  do {
    clearTimeout(timer);
    await save();
  } while (composer.value?.saved === 'typing');
  return composer.value?.saved !== 'failed';
};

/** Adds addresses to a field, each once. */
export const addTo = (field: AddressFieldName, some: readonly Address[], rest = ''): void => {
  const now = composer.value;
  if (!now) return;
  const typed = { ...now.typed, [field]: rest };
  const known = new Set(now[field].map(({ email }) => email.toLowerCase()));
  const fresh = some.filter(({ email }) => known.size < known.add(email.toLowerCase()).size);
  if (fresh.length > 0) edit({ typed, [field]: [...now[field], ...fresh] });
  else patch({ typed });
};

/** Takes the addresses that were typed into a field; what is none stays there, and is answered. */
export const settleField = (field: AddressFieldName): string[] => {
  const { addresses, rest } = parseAddresses(composer.value?.typed[field] ?? '');
  addTo(field, addresses, rest.join(', '));
  return rest;
};

/** The same for every field. */
export const settleFields = (): string[] => FIELDS.flatMap(settleField);

/** Puts the message away; what was written is kept as a draft. One that cannot be kept stays, and the person is told: then false. */
export const closeComposer = async (): Promise<boolean> => {
  const rest = settleFields();
  if (!(await keep())) {
    toast(t.composer.stays, { tone: 'bad' });
    return false;
  }
  const message = composer.value;
  if (message?.draft) toast(rest.length === 0 ? t.composer.kept : t.composer.keptWithout(rest));
  composer.value = null;
  return true;
};

/** Addresses as a draft takes them: what is none, as other programs leave in drafts, is text in its field. */
const takeAddresses = (message: Composer): Composer => {
  const taken = { ...message, typed: { ...message.typed } };
  for (const field of FIELDS) {
    const none = message[field].filter((address) => recipient(address) === null).map(asTyped);
    taken[field] = message[field].flatMap((address) => recipient(address) ?? []);
    taken.typed[field] = [message.typed[field], ...none].filter((text) => text.trim() !== '').join(', ');
  }
  return taken;
};

/** Shows another message to write. Whether it is shown: one that cannot be kept is not replaced. */
export const openComposer = async (account: string, begun: Partial<Composer>): Promise<boolean> => {
  if (composer.value && !(await closeComposer())) return false;
  identities.value = (await call('identities.list', account, {})).identities;
  composer.value = takeAddresses({ ...blank, ...begun, account, key: ++lastKey });
  return true;
};
