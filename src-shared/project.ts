import * as z from 'zod';

/** The half of an email that people change. Mailboxes by local id; both lists sorted. A destroyed email is in none. */
export type EmailState = { keywords: string[]; mailboxes: number[]; destroyed: boolean };

const switches = z.record(z.string(), z.boolean());
/** What one change does to one email: true adds, false takes away. Keywords are lower-case, mailboxes local ids. */
export const emailEffectSchema = z.object({
  keywords: switches.optional(),
  mailboxes: switches.optional(),
  destroy: z.boolean().optional(),
});
export type EmailEffect = z.infer<typeof emailEffectSchema>;

/** The half of a mailbox that people change; `parent` is a local id. */
export const mailboxStateSchema = z.object({ name: z.string(), parent: z.int().nullable(), exists: z.boolean() });
export type MailboxState = z.infer<typeof mailboxStateSchema>;

/** What one change does to one mailbox. */
export const mailboxEffectSchema = mailboxStateSchema.partial();
export type MailboxEffect = z.infer<typeof mailboxEffectSchema>;

/**
 * What a person should see of an email: what the server has, with the changes that are not settled on top, in order.
 * Pure, and the only place where a change meets a state.
 */
export const project = (base: EmailState, effects: readonly EmailEffect[]): EmailState => {
  if (base.destroyed || effects.some(({ destroy }) => destroy)) return { ...base, mailboxes: [], destroyed: true };
  const keywords = new Set(base.keywords);
  const mailboxes = new Set(base.mailboxes);
  for (const effect of effects) {
    for (const [keyword, on] of Object.entries(effect.keywords ?? {})) put(keywords, keyword, on);
    for (const [mailbox, on] of Object.entries(effect.mailboxes ?? {})) put(mailboxes, Number(mailbox), on);
  }
  return {
    keywords: [...keywords].toSorted(),
    mailboxes: [...mailboxes].toSorted((a, b) => a - b),
    destroyed: false,
  };
};

const put = <T>(set: Set<T>, item: T, on: boolean): void => void (on ? set.add(item) : set.delete(item));

/** The same for a mailbox. */
export const projectMailbox = (base: MailboxState, effects: readonly MailboxEffect[]): MailboxState =>
  Object.assign({ ...base }, ...effects);

/** Several effects on one email as one, key by key, the last one winning. */
export const compose = (effects: readonly EmailEffect[]): EmailEffect => ({
  keywords: Object.assign({}, ...effects.map(({ keywords }) => keywords)),
  mailboxes: Object.assign({}, ...effects.map(({ mailboxes }) => mailboxes)),
  destroy: effects.some(({ destroy }) => destroy),
});

/** What takes an effect back on an email that was in this state: only what the effect changed. */
export const inverse = (before: EmailState, effect: EmailEffect): EmailEffect => ({
  keywords: Object.fromEntries(
    Object.entries(effect.keywords ?? {}).flatMap(([keyword, on]) =>
      before.keywords.includes(keyword) === on ? [] : [[keyword, !on]],
    ),
  ),
  mailboxes: Object.fromEntries(
    Object.entries(effect.mailboxes ?? {}).flatMap(([mailbox, on]) =>
      before.mailboxes.includes(Number(mailbox)) === on ? [] : [[mailbox, !on]],
    ),
  ),
});

/** True when a state shows all that an effect wants. */
export const satisfies = (state: EmailState, effect: EmailEffect): boolean => {
  if (effect.destroy) return state.destroyed;
  const { keywords, mailboxes } = inverse(state, effect);
  return Object.keys(keywords ?? {}).length + Object.keys(mailboxes ?? {}).length === 0;
};
