import { decodeName } from './names.ts';
import { bad } from './refusal.ts';

/** A command as it came: text in latin1 and literals in turn. */
export type Parts = (string | Buffer)[];

/** What a command is made of; an atom holds its brackets: `BODY[HEADER.FIELDS (DATE)]<0.9>` is one. */
type Token = { kind: 'atom'; text: string } | { kind: 'string'; bytes: Buffer } | { kind: 'list'; items: Token[] };

type Place = { parts: Parts; part: number; at: number };

const quotedString = (place: Place, text: string): Token => {
  let found = '';
  for (let at = place.at + 1; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '"') {
      place.at = at + 1;
      return { kind: 'string', bytes: Buffer.from(found, 'latin1') };
    }
    if (character === '\\') at++;
    found += text[at] ?? '';
  }
  throw bad('A quoted string has no end');
};

const atom = (place: Place, text: string): Token => {
  const start = place.at;
  for (; place.at < text.length; place.at++) {
    const character = text[place.at] ?? '';
    if (character === '[') {
      const end = text.indexOf(']', place.at);
      if (end < 0) throw bad('A bracket has no end');
      place.at = end;
    } else if (' ()'.includes(character)) break;
    else if (character === '"' || character < ' ') throw bad('A character that no atom has');
  }
  return { kind: 'atom', text: text.slice(start, place.at) };
};

const tokensOf = (place: Place, depth: number): Token[] => {
  const found: Token[] = [];
  for (;;) {
    const part = place.parts[place.part];
    if (part === undefined || (part === '' && place.part === place.parts.length - 1)) {
      if (depth > 0) throw bad('A list has no end');
      return found;
    }
    if (typeof part !== 'string') {
      found.push({ kind: 'string', bytes: part });
      Object.assign(place, { part: place.part + 1, at: 0 });
      continue;
    }
    const character = part[place.at];
    if (character === undefined) Object.assign(place, { part: place.part + 1, at: 0 });
    else if (character === ' ') place.at++;
    else if (character === '(') {
      place.at++;
      found.push({ kind: 'list', items: tokensOf(place, depth + 1) });
    } else if (character === ')') {
      if (depth === 0) throw bad('A list has no beginning');
      place.at++;
      return found;
    } else found.push(character === '"' ? quotedString(place, part) : atom(place, part));
  }
};

/** The arguments of a command, taken one by one; what does not fit throws BAD. */
export type Args = {
  /** Nothing is left. */
  done(): boolean;
  /** Throws unless nothing is left. */
  end(): void;
  /** Whether a list comes next. */
  isList(): boolean;
  /** Whether that atom comes next, in any case; it is taken then. */
  word(word: string): boolean;
  /** An atom in capitals. */
  upper(): string;
  /** An atom as it is. */
  atom(): string;
  /** An atom or a string, its bytes read as UTF-8. */
  astring(): string;
  /** An atom or a string as bytes. */
  bytes(): Buffer;
  /** A mailbox's name, decoded; INBOX in capitals. */
  mailbox(): string;
  list(): Args;
  /** The atoms of a list, or the one atom that stands alone. */
  atoms(): string[];
};

const argsOf = (tokens: Token[], utf8: boolean): Args => {
  let next = 0;
  const take = (): Token => {
    const token = tokens[next++];
    if (!token) throw bad('An argument is missing');
    return token;
  };
  const atomText = (): string => {
    const token = take();
    if (token.kind !== 'atom') throw bad('Not an atom');
    return token.text;
  };
  const bytes = (): Buffer => {
    const token = take();
    if (token.kind === 'list') throw bad('Not a string');
    return token.kind === 'atom' ? Buffer.from(token.text, 'latin1') : token.bytes;
  };
  const args: Args = {
    done: () => next >= tokens.length,
    end: () => {
      if (next < tokens.length) throw bad('An argument too many');
    },
    isList: () => tokens[next]?.kind === 'list',
    word: (word) => {
      const token = tokens[next];
      if (token?.kind !== 'atom' || token.text.toUpperCase() !== word) return false;
      next++;
      return true;
    },
    upper: () => atomText().toUpperCase(),
    atom: atomText,
    astring: () => bytes().toString('utf8'),
    bytes,
    mailbox: () => {
      const name = decodeName(bytes().toString(utf8 ? 'utf8' : 'latin1'), utf8);
      return name.toUpperCase() === 'INBOX' ? 'INBOX' : name;
    },
    list: () => {
      const token = take();
      if (token.kind !== 'list') throw bad('Not a list');
      return argsOf(token.items, utf8);
    },
    atoms: () => {
      if (!args.isList()) return [atomText()];
      const items = args.list();
      const found: string[] = [];
      while (!items.done()) found.push(items.atom());
      return found;
    },
  };
  return args;
};

/** Takes a command apart (RFC 3501 section 9); `utf8`: names of mailboxes are UTF-8 (RFC 6855). */
export const parseArgs = (parts: Parts, utf8: boolean): Args => argsOf(tokensOf({ parts, part: 0, at: 0 }, 0), utf8);
