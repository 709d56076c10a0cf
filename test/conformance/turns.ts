/** Real servers that take turns in `npm test`. */
const servers = ['cyrusJmap', 'dovecot', 'noQresync', 'noCondstore', 'noMove', 'noIdle', 'bare', 'cyrus'] as const;

const whole = process.env['TERN_CONFORMANCE'] === 'whole';
const turn = Number(process.env['TERN_TURN'] ?? Math.floor(Date.now() / 86_400_000));

/**
 * Which behaviours, by number, are shown on a server: all of them by `npm run conformance`; else each on one of these
 * servers, tomorrow on the next. `TERN_TURN=3` is another day's choice.
 */
export const inTurn =
  (server: (typeof servers)[number]) =>
  (index: number): boolean =>
    whole || (index + turn) % servers.length === servers.indexOf(server);

/** The same for the server in process, which shows every other one. */
export const everyOther = (index: number): boolean => whole || (index + turn) % 2 === 0;
/** Those that `everyOther` leaves out. */
export const theOthers = (index: number): boolean => whole || !everyOther(index);
