import { bad } from './refusal.ts';
import { parseKeys } from './searchKeys.ts';
import type { Session } from './session.ts';
import { formatSet } from './sets.ts';
import type { Args } from './tokens.ts';
import { type Named, type Reply, selected, type Verb } from './verb.ts';
import type { View } from './view.ts';

const returnOptions = (session: Session, args: Args): string[] | null => {
  if (!args.word('RETURN')) return null;
  if (!session.site.capabilities.has('ESEARCH')) throw bad('RETURN is not offered');
  const options = args.list();
  const found: string[] = [];
  while (!options.done()) found.push(options.upper());
  if (found.some((option) => !['MIN', 'MAX', 'ALL', 'COUNT'].includes(option))) throw bad('Unknown return option');
  return found.length === 0 ? ['ALL'] : found;
};

/** ESEARCH (RFC 4731). */
const tellExtended = (session: Session, numbers: readonly number[], options: string[], { tag, uid }: Named): void => {
  const found = [`(TAG "${tag}")`];
  if (uid) found.push('UID');
  const [min, max] = [numbers[0], numbers.at(-1)];
  if (options.includes('MIN') && min !== undefined) found.push(`MIN ${min}`);
  if (options.includes('MAX') && max !== undefined) found.push(`MAX ${max}`);
  if (options.includes('ALL') && numbers.length > 0) found.push(`ALL ${formatSet(numbers)}`);
  if (options.includes('COUNT')) found.push(`COUNT ${numbers.length}`);
  session.out.write(`* ESEARCH ${found.join(' ')}\r\n`);
};

const search = (session: Session, view: View, args: Args, named: Named): Reply => {
  const options = returnOptions(session, args);
  if (args.word('CHARSET') && !['UTF-8', 'US-ASCII'].includes(args.astring().toUpperCase())) throw bad('[BADCHARSET]');
  const { fits, asksModseq } = parseKeys(session, view, args);
  const numbers: number[] = [];
  let modseq = 0;
  for (const [index, entry] of view.entries.entries()) {
    if (entry.gone || !fits(entry, index + 1)) continue;
    numbers.push(named.uid ? entry.uid : index + 1);
    modseq = Math.max(modseq, entry.modseq);
  }
  if (options) tellExtended(session, numbers, options, named);
  else {
    const highest = asksModseq && numbers.length > 0 ? ` (MODSEQ ${modseq})` : '';
    session.out.write(`* SEARCH${numbers.map((number) => ` ${number}`).join('')}${highest}\r\n`);
  }
  return 'Searched';
};

/** Finding messages. */
export const searchCommands: Record<string, Verb> = { SEARCH: selected(search), 'UID SEARCH': selected(search) };
