/** One line taken away, and the tests that have to notice. `only` narrows them by a pattern of their names. */
export type Mutant = {
  name: string;
  file: string;
  /** Stands in the file exactly once. */
  line: string;
  becomes: string;
  /** Test files below test/, without their ending. */
  tests: string[];
  only?: string;
};

/** The lines that keep mail from being lost, doubled or silently undone. */
export const mutants: Mutant[] = [
  {
    name: 'J1: a cursor moves only from the value it is believed to have',
    file: 'src-main/store/syncState.ts',
    line: "'UPDATE sync_state SET value = ? WHERE key = ? AND value = ?', to, key, from)",
    becomes: "'UPDATE sync_state SET value = ? WHERE key = ?', to, key)",
    tests: ['store/syncState', 'engine/apply'],
  },
  {
    name: 'J1: a lost compare-and-set rolls the rows back',
    file: 'src-main/engine/apply.ts',
    line: "if (!moveCursor(tx, key, from, to)) throw new TernError('conflict', `the ${key} cursor had moved: pulling again`);",
    becomes: 'moveCursor(tx, key, from, to);',
    tests: ['engine/apply'],
  },
  {
    name: 'J1: the cursor comes with the last batch of its rows',
    file: 'src-main/engine/apply.ts',
    line: 'if (steps.length === 0) moveCursors(tx, delta.cursors);',
    becomes: 'if (batch.length > 0) moveCursors(tx, delta.cursors.splice(0));',
    tests: ['engine/apply'],
  },
  {
    name: 'P1: what a person changes is on disk before the answer',
    file: 'src-main/engine/outbox.ts',
    line: `    },
    { durable: true },
  );

const submitEmailChange`,
    becomes: `    },
    { durable: false },
  );

const submitEmailChange`,
    tests: ['engine/outboxRecord'],
  },
  {
    name: 'P1: a durable write is synchronous=FULL',
    file: 'src-main/store/db.ts',
    line: "if (options.durable) this.raw.pragma('synchronous = FULL');",
    becomes: '',
    tests: ['store/db', 'engine/outboxRecord'],
  },
  {
    name: 'P1: an email keeps beside it what the server has',
    file: 'src-main/engine/record.ts',
    line: 'if (row.pending === 0) writeBase(tx, row.id, before);',
    becomes: 'if (row.pending === 0) writeBase(tx, row.id, { ...before, mailboxes: [] });',
    tests: ['engine/outboxView', 'engine/outboxAttempts'],
  },
  {
    name: 'P2: order holds for each email',
    file: 'src-main/engine/batch.ts',
    line: "if (!target.ready || target.stage === 'inflight') break;",
    becomes: "if (!target.ready || target.stage === 'inflight') continue;",
    tests: ['engine/outboxOrder'],
  },
  {
    name: 'P2: a deletion waits for mail that is moved out before',
    file: 'src-main/engine/outboxMailboxes.ts',
    line: '...changesNaming(tx, each)',
    becomes: '',
    tests: ['engine/outboxMailboxes'],
  },
  {
    name: 'P2: what depends on a change that failed is given up',
    file: 'src-main/engine/settle.ts',
    line: "if (stages.some(({ stage }) => stage === 'failed')) {",
    becomes: 'if (stages.length < 0) {',
    tests: ['engine/outboxMailboxes'],
  },
  {
    name: 'P2: changes that were refused together are told apart',
    file: 'src-main/engine/settle.ts',
    line: 'if (targets.length > 1) {',
    becomes: 'if (targets.length > 1_000_000) {',
    tests: ['engine/outboxRefused'],
  },
  {
    name: 'P3: a pull writes below what is pending',
    file: 'src-main/store/emailState.ts',
    line: 'if (row.pending === 0) return showState',
    becomes: 'if (row.pending >= 0) return showState',
    tests: ['engine/outboxView'],
  },
  {
    name: 'P3: an acknowledgement folds the change into the base',
    file: 'src-main/engine/settle.ts',
    line: `  acceptEffects(
    tx,
    email,
    targets.map(({ effect }) => effect),
  );`,
    becomes: '  void acceptEffects;',
    tests: ['engine/outboxView'],
  },
  {
    name: 'P3: what is acknowledged stays on top until a pull has ended',
    file: 'src-main/store/pendingEmails.ts',
    line: "const ACTIVE = \"stage IN ('queued', 'inflight', 'acknowledged')\";",
    becomes: "const ACTIVE = \"stage IN ('queued', 'inflight', 'acknowledged') AND stage <> 'acknowledged'\";",
    tests: ['engine/outboxView'],
  },
  {
    name: 'P3: then it goes',
    file: 'src-main/engine/afterPull.ts',
    line: 'if (confirmed.length === 0) break;',
    becomes: 'if (confirmed.length >= 0) break;',
    tests: ['engine/outboxView'],
  },
  {
    name: 'P4: a fifth attempt is the last',
    file: 'src-main/engine/settle.ts',
    line: 'const ATTEMPTS = 5;',
    becomes: 'const ATTEMPTS = 6;',
    tests: ['engine/outboxAttempts'],
  },
  {
    name: 'P4: an attempt is counted',
    file: 'src-main/engine/settle.ts',
    line: 'for (const { change } of targets) result.attempts.set(change, outcome.error);',
    becomes: '',
    tests: ['engine/outboxAttempts'],
  },
  {
    name: 'P4: no answer counts while the server answers',
    file: 'src-main/engine/afterPull.ts',
    line: 'if (lost.has(id)) countAttempt',
    becomes: 'if (lost.size < 0) countAttempt',
    tests: ['engine/outboxAttempts'],
  },
  {
    name: 'P4: not to reach the server costs nothing',
    file: 'src-main/driver/jmap/setErrors.ts',
    line: "if (untouched || error.detail?.['reached'] === false) throw error;",
    becomes: '',
    tests: ['engine/outboxAttempts', 'driver/jmapPush'],
  },
  {
    name: 'P4: a type of error that nobody knows is the end of it',
    file: 'src-main/driver/jmap/setErrors.ts',
    line: "return passing.has(name) ? { result: 'failed', error } : { result: 'refused', error };",
    becomes: "return { result: 'failed', error };",
    tests: ['engine/outboxRefused', 'driver/jmapPush'],
  },
  {
    name: 'P5: a batch is marked as under way before it is written',
    file: 'src-main/engine/flushEmails.ts',
    line: 'if (piece.emails.length > 0) store.write((tx) => markInflight(tx, piece.emails));',
    becomes: '',
    tests: ['engine/outboxUncertain'],
  },
  {
    name: 'P5: the mark is on disk',
    file: 'src-main/engine/flushEmails.ts',
    line: 'slice(-1)), { durable: true });',
    becomes: 'slice(-1)));',
    tests: ['engine/outboxUncertain', 'engine/outboxRecord'],
  },
  {
    name: 'P5: what was under way at the end has an unknown outcome',
    file: 'src-main/engine/flush.ts',
    line: '  orphanInflight(store);',
    becomes: '  void orphanInflight;',
    tests: ['engine/outboxUncertain'],
  },
  {
    name: 'P5: the server is looked at before anything is sent again',
    file: 'src-main/engine/flush.ts',
    line: 'if (store.read(unknownOutcomes).length > 0) await parts.pull(new Set());',
    becomes: 'void unknownOutcomes;',
    tests: ['engine/outboxUncertain'],
  },
  {
    name: 'P5: what the server did is not done again',
    file: 'src-main/engine/settle.ts',
    line: 'const happened = base !== undefined && satisfies(base, compose(sent.map(({ effect }) => effect)));',
    becomes: 'const happened = base === undefined && satisfies(base, compose(sent.map(({ effect }) => effect)));',
    tests: ['engine/outboxUncertain'],
  },
  {
    name: 'P5: a mailbox whose answer was lost is adopted by name and place',
    file: 'src-main/store/mailboxes.ts',
    line: '?? adoptLocal(tx, remote, parent)',
    becomes: '',
    tests: ['engine/outboxUncertain'],
  },
  {
    name: 'J6: a set insists on the state that was pulled',
    file: 'src-main/driver/jmap/push.ts',
    line: 'if (!options.relaxed) return [[method, { ifInState, ...args }], ...rest.map(afterCall)];',
    becomes: 'if (!options.relaxed) return [[method, args], ...rest];',
    tests: ['engine/outboxGuard'],
  },
  {
    name: 'J6: our own batches do not trip each other',
    file: 'src-main/driver/jmap/push.ts',
    line: 'guards[type] = set.newState ?? guards[type];',
    becomes: '',
    tests: ['engine/outboxGuard'],
  },
  {
    name: 'J6: a pull puts the guard back to the cursor',
    file: 'src-main/driver/jmap/driver.ts',
    line: '    pull: (cursors, known, signal) => {\n      guards = { email: null, mailbox: null };',
    becomes: '    pull: (cursors, known, signal) => {',
    tests: ['engine/outboxGuard'],
  },
  {
    name: 'J6: moves and destroys never insist less',
    file: 'src-main/engine/batch.ts',
    line: 'if (options.onlyKeywords && (destroy || whole || Object.keys(mailboxes).length > 0)) return null;',
    becomes: '',
    tests: ['engine/outboxGuard'],
  },
  {
    name: 'J6: an email is destroyed only where the person saw it',
    file: 'src-main/engine/batch.ts',
    line: 'return same ? undefined : new TernError',
    becomes: 'return same || !same ? undefined : new TernError',
    tests: ['engine/outboxGuard'],
  },
  {
    name: 'J6: a mailbox is deleted only while nothing else is in it',
    file: 'src-main/engine/mailboxPush.ts',
    line: 'if (tree.some((each) => emailsInMailbox(db, each).length > 0))',
    becomes: 'if (tree.some((each) => emailsInMailbox(db, each).length < 0))',
    tests: ['engine/outboxMailboxes'],
  },
];
