import pino from 'pino';

/** The process's log: JSON Lines on stderr. Never an address, a subject, a token or a message's content. */
export type Log = pino.Logger;

const levelOf = (asked: string | undefined): string =>
  asked !== undefined && (asked in pino.levels.values || asked === 'silent') ? asked : 'warn';

/** A logger that names its part. `TERN_LOG` sets the level; the default is `warn`. */
export const createLog = (part: string): Log =>
  pino(
    { name: part, level: levelOf(process.env['TERN_LOG']), redact: ['*.password', '*.token', '*.authorization'] },
    pino.destination({ fd: 2, sync: true }),
  );
