import { parseReply, type Reply } from './replies.ts';

/** A command and what it was answered; null: nothing. */
type Exchange = { command: string; reply: Reply | null };

/** What was said over a connection, in the order in which it was sent: replies come in the order of their commands. */
export type Transcript = {
  /** What commands that begin so were answered. */
  repliesTo(verb: string): (Reply | null)[];
  /** The last reply that no command was waiting for: the greeting, or what follows a message. */
  unasked(): Reply | null;
  /** Begins anew. */
  forget(): void;
  sent(command: string): void;
  /** False for what is no reply: nothing that follows it belongs to anything. */
  came(text: string): boolean;
};

/** A transcript of a connection on which nothing was said yet. */
export const createTranscript = (): Transcript => {
  let exchanges: Exchange[] = [];
  let unasked: Reply | null = null;
  let isSane = true;
  return {
    repliesTo: (verb) => exchanges.flatMap(({ command, reply }) => (command.startsWith(verb) ? [reply] : [])),
    unasked: () => unasked,
    forget: () => {
      exchanges = [];
      unasked = null;
    },
    sent: (command) => {
      exchanges.push({ command, reply: null });
    },
    came: (text) => {
      const reply = isSane ? parseReply(text) : null;
      if (!reply) {
        isSane = false;
        return false;
      }
      const waiting = exchanges.find((each) => each.reply === null);
      if (waiting) waiting.reply = reply;
      else unasked = reply;
      return true;
    },
  };
};

/** What the library keeps of what came, and does not tell: replies that it has not got to, and the beginning of a line. */
type Kept = { _responseQueue?: string[]; _remainder?: string };

/** Replies that came whole before the connection ended. */
export const untold = (connection: object): string[] => {
  const { _responseQueue: queue = [] }: Kept = connection;
  return queue.filter((text) => parseReply(text) !== null);
};

/** What came of a line whose end did not: once the connection is gone the library tells of it as of a reply. */
export const halfLine = (connection: object): string | undefined => {
  const { _remainder: rest = '' }: Kept = connection;
  return rest.trim() || undefined;
};
