import { type Mutant, m } from './mutant.ts';

const dropped = 'src-main/store/pendingDropped.ts';
const undo = 'src-main/engine/outboxUndo.ts';
const tests = 'engine/outboxDropped';

/** Lines that keep what builds on a change that comes to nothing, and that an undo moves nothing that was moved on. */
export const queueDropped: Mutant[] = [
  m(
    'P4: what was moved on from a failed move is taken from where it is',
    dropped,
    '  letGo(tx, target);\n  stageTarget',
    '  stageTarget',
    tests,
  ),
  m('P4: and from one taken back', dropped, '  letGo(tx, target);\n  removeTarget', '  removeTarget', tests),
  m(
    'P4: a failed one was let go of before',
    dropped,
    "if (!target || target.stage === 'failed') return;",
    'if (!target) return;',
    tests,
  ),
  m(
    'P4: what came after is judged and undone without it',
    dropped,
    '    seenAnew(tx, { ...later, overwritten: { mailboxes',
    '    if (change < 0) seenAnew(tx, { ...later, overwritten: { mailboxes',
    tests,
  ),
  m(
    'P4: of a keyword, too, what came after is undone without it',
    dropped,
    '  letGoOfKeywords(tx, target);\n',
    '',
    tests,
    'what was before both',
  ),
  m(
    'P4: each in turn',
    dropped,
    '    undone = Object.fromEntries(',
    '    if (change < 0) undone = Object.fromEntries(',
    tests,
  ),
  m('P4: only a move takes it from where it is', dropped, '  if (!movesOn) return switches;\n', '', tests),
  m(
    'P4: a move to where it was to be already is one',
    dropped,
    ' || (isMove && switches?.[mailbox] === true)',
    ' || (isMove && !isMove)',
    tests,
  ),
  m('undo: not of what was moved on', undo, 'return isMovedOn(tx, target) ?', 'return target.email < 0 ?', tests),
  m('undo: what is back already is left alone', undo, '  if (hasLeft(row, target)) return [];\n', '', tests),
  m(
    'undo: what is back already is no failure',
    undo,
    'on && !mailboxes.includes(Number(mailbox))',
    'on || !mailboxes.includes(Number(mailbox))',
    tests,
  ),
  m(
    'discard: of what may be on the server the opposite goes there',
    undo,
    '  if (affected.length > 0) recordChange(tx, inverseType(change), { undoes: change.id }, affected, now);\n  return new',
    '  return new',
    tests,
    'may be on the server',
  ),
  m(
    'discard: and it is still looked for',
    undo,
    'return new Set(undone.map(({ email }) => email));',
    'return new Set(undone.slice(0, 0).map(({ email }) => email));',
    tests,
    'may be on the server',
  ),
  m('retry: not of what was moved on', undo, '!wouldDouble(effectiveState(row), effect)', 'row.id > 0', tests),
  m(
    'retry: where it was brought meanwhile it is done',
    undo,
    ' && !named(true).every((id) => now.includes(id))',
    '',
    tests,
  ),
];
