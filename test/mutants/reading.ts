import { type Mutant, m } from './mutant.ts';

const engine = 'src-main/engine/';
const store = 'src-main/store/';
const imap = 'src-main/driver/imap/';
const remote = 'src-main/driver/remote.ts';

/** Lines that keep bodies and files true, private and safe to ask for (B). */
export const reading: Mutant[] = [
  m(
    'B1: one fetch for all who open an email',
    `${engine}bodies.ts`,
    'fetching.get(email) ?? fetchOne(email)',
    'fetchOne(email)',
    'engine/bodies',
  ),
  m(
    'B1: the whole of what came cut off',
    `${engine}bodies.ts`,
    'if (!body || body.hasMore) {',
    'if (!body) {',
    'engine/bodies',
  ),
  m(
    'B1: the beginning where the whole cannot be had',
    `${engine}bodies.ts`,
    'if (!body || signal.aborted) throw error;',
    'throw error;',
    'engine/bodies',
  ),
  m(
    'B2: no more than the person allowed',
    `${engine}bodyKeeper.ts`,
    'if (batch.length === 0 || room < sizeOf(batch)) return;',
    'if (batch.length === 0) return;',
    'engine/bodies',
  ),
  m('B2: nothing unasked', `${engine}bodyKeeper.ts`, 'if (settings.prefetch) await', 'await', 'engine/bodies'),
  m(
    'B2: a preview where the server gave none',
    `${store}bodies.ts`,
    "row.preview !== '' && !MARKUP",
    "row.preview === '' || !MARKUP",
    'engine/bodies',
  ),
  m(
    'B3: what was opened stays',
    `${engine}bodies.ts`,
    'if (store.read((db) => isUseNews(db, email, now))) store.write((tx) => bodyUsed(tx, email, now));',
    '',
    'engine/bodies',
  ),
  m('B3: no more than has to go', `${store}bodies.ts`, 'if (freed >= enough) break;', '', 'engine/bodies'),
  m('B4: for nobody else', `${engine}saveFile.ts`, "open(path, 'w', 0o600)", "open(path, 'w')", 'engine/files'),
  m(
    'B4: whole or not at all',
    `${engine}saveFile.ts`,
    'await rm(part, { force: true }).catch(() => undefined);',
    '',
    'engine/files',
  ),
  m(
    'B4: given up when nobody waits',
    `${engine}files.ts`,
    'if (job.wanted === 0 && job.path === null) {',
    'if (job.wanted < 0) {',
    'engine/files',
  ),
  m(
    'B4: out of the whole message where need be',
    `${engine}files.ts`,
    "if (part === null || !(error instanceof TernError && error.kind === 'unsupported')) throw error;",
    'throw error;',
    'engine/files',
  ),
  m('B4: gone at the next start', 'src-main/app/accountFiles.ts', '  clearTemp();\n', '', 'headless/reading', 'killed'),
  m('B5: every address of a name', remote, '!addresses.every(', '!addresses.some(', 'driver/remote'),
  m(
    'B5: what its bytes say',
    remote,
    "if (!type) throw new TernError('forbidden',",
    "if (false) throw new TernError('forbidden',",
    'driver/remote',
  ),
  m('B5: not for ever elsewhere', remote, 'hops <= MOST_REDIRECTS', 'hops <= 99', 'driver/remote'),
  m('B5: no more than 10 MB', remote, 'if (size > LARGEST_IMAGE)', 'if (size < 0)', 'driver/remote'),
  m(
    'B6: bodies come with what is new',
    'src-main/driver/jmap/changes.ts',
    "getWithBody({ '#ids': reference(at, 'Email/changes', '/created') })",
    "getStates({ '#ids': reference(at, 'Email/changes', '/created') })",
    'driver/jmapRead',
  ),
  m(
    'B6: bodies of the newest 500',
    'src-main/driver/jmap/fill.ts',
    'const WITH_BODY = 500;',
    'const WITH_BODY = 0;',
    'driver/jmapRead',
  ),
  m(
    'B7: a structure that makes no sense',
    `${imap}read.ts`,
    'if (!plan || plan.texts.length > MOST_TEXTS) broken.push(uid);\n    else plans',
    'if (plan) plans',
    'driver/imapRead',
  ),
  m(
    'B7: one message at a time where the server dies',
    `${imap}readBodies.ts`,
    'if (signal.aborted || !isTheirs(error)) throw error;',
    'throw error;',
    'driver/imapRead',
  ),
  m(
    'B7: the third connection is given back',
    `${imap}reading.ts`,
    'if (!closed) disarm = clock.after(IDLE_MS, leave);',
    '',
    'driver/imapRead',
  ),
];
