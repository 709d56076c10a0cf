/**
 * What `skip` is where a test needs a server that may be missing; `why`: why it is, null where it is there. A test that is
 * skipped says so loudly, and fails where TERN_REQUIRE_SERVERS is 1.
 */
export const skipWithout = (why: string | null, what: string): string | false => {
  if (why === null) return false;
  if (process.env['TERN_REQUIRE_SERVERS'] === '1') throw new Error(`nothing to test ${what} with: ${why}`);
  console.error(`SKIPPED: ${what}, because ${why}`);
  return why;
};
