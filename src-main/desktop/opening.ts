import { resolve } from 'node:path';

/** What a person opens with Tern: a `mailto:` link, or a message file. */
export type Opening = { link: string } | { file: string };

/** What the arguments of a start ask to be opened. Switches, and all that is neither of the two, are none of it. */
export const openingsIn = (argv: readonly string[], cwd: string): Opening[] =>
  argv.flatMap((argument): Opening[] => {
    if (/^mailto:/i.test(argument)) return [{ link: argument }];
    return !argument.startsWith('-') && /\.eml$/i.test(argument) ? [{ file: resolve(cwd, argument) }] : [];
  });
