import type { Truth } from '../servers/mailServer.ts';

/** Arguments of a set, as far as it moves emails, and its answer. */
export type Set = { update?: Record<string, Record<string, true | null>> };
export type Answer = { notUpdated?: Record<string, { properties?: string[] }> | null };

/** Some servers destroy an email that is taken from its last mailbox: what the person never asked for. */
export const perilous = (sets: Set[], answers: Answer[], boxes: Truth['mailboxes']): string[] =>
  answers.flatMap(({ notUpdated }, index) =>
    Object.entries(notUpdated ?? {}).flatMap(([id, { properties }]) => {
      const added = Object.entries(sets[index]?.update?.[id] ?? {}).filter(([, on]) => on);
      const intoNothing = added.some(([path]) => path.startsWith('mailboxIds/') && !boxes[path.slice(11)]);
      return properties?.includes('mailboxIds') && !intoNothing ? [`${id} would be left without a mailbox`] : [];
    }),
  );
