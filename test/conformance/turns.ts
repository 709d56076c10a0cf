/** Real servers that take turns in `npm test`, those of a row with each other: each behaviour is shown on one of each row. */
const rows = [
  ['cyrusJmap', 'dovecot'],
  ['noQresync', 'noCondstore', 'noMove', 'noIdle', 'bare', 'cyrus'],
] as const;

const whole = process.env['TERN_CONFORMANCE'] === 'whole';
const turn = Number(process.env['TERN_TURN'] ?? Math.floor(Date.now() / 86_400_000));

/**
 * Which behaviours, by number, are shown on a server: all of them by `npm run conformance`; else each on one server of the
 * row, tomorrow on the next. `TERN_TURN=3` is another day's choice.
 */
export const inTurn = (server: (typeof rows)[number][number]): ((index: number) => boolean) => {
  const row: readonly string[] = rows.find((servers) => servers.some((each) => each === server)) ?? [];
  return (index) => whole || (index + turn) % row.length === row.indexOf(server);
};
