/** What the token endpoint does instead of what it should. */
export type TokenTrouble =
  /** Answers this, and does nothing. */
  | { kind: 'say'; status: number; body: string; headers?: Record<string, string> }
  /** Says nothing, and does nothing. */
  | { kind: 'hang' }
  /** Does what was asked, and the connection ends before the answer. */
  | { kind: 'lose' }
  /** Answers without an end. */
  | { kind: 'huge' };
