import * as z from 'zod';

/** Why a link of a message deserves a second look before anyone follows it (docs/html.md H8), and what people are told. */
export const linkWarningWords = {
  'other-domain': 'What it says names another site than it leads to.',
  'other-address': 'What it says names another address than it leads to.',
  punycode: 'The name of the site has letters beyond English ones, and may only look like one that you know.',
  'mixed-script': 'The name of the site mixes alphabets, and may only look like one that you know.',
  'user-info': 'What stands before “@” in it is not the site.',
};
export type LinkWarning = keyof typeof linkWarningWords;
export const linkWarningSchema = z.enum(Object.keys(linkWarningWords) as [LinkWarning, ...LinkWarning[]]);

/** A link of a message: what it says, where it leads, and what is suspicious about that. */
export const linkSchema = z.object({ text: z.string(), url: z.string(), warnings: z.array(linkWarningSchema) });
export type Link = z.infer<typeof linkSchema>;
